#pragma once
// How it stands with a server that has the data directory: whether its process turns and answers
// where it listens, and whether it still has the database that lies there. Seen from outside, by
// /proc and one bounded question; where that may not be looked at, nothing is said. check and why
// ask.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace trafikito::server::cli {

struct pulse {
    enum class state : std::uint8_t {
        unknown, ///< it may not be looked at, or listens nowhere yet
        answers,
        stopped, ///< by a signal
        traced,  ///< by a debugger
        silent   ///< it listens and does not answer
    };

    state is = state::unknown;
    std::string where; ///< `127.0.0.1:8443`, that was asked

    [[nodiscard]] bool is_ill() const {
        return is == state::stopped || is == state::traced || is == state::silent;
    }
};

/// Asks by TLS, as an agent would ping, for at most `patience`; without a certificate of its own,
/// and without a judgement of the server's.
pulse feel_pulse(int process, std::chrono::milliseconds patience);

/// `process 42, which serves DIR, was stopped by a signal and answers nobody`; empty where nothing
/// is wrong.
std::string in_words(pulse const& of, int process, std::filesystem::path const& data);
/// What mends it, to be typed.
std::string how_to_wake(pulse const& of, int process, std::filesystem::path const& data);

/// /proc/PID/fd/N of files that the process has open and that were deleted: the database, where
/// that is `file`, first, then its log. Empty where none is, or it may not be looked at.
std::vector<std::filesystem::path> deleted_files(int process, std::filesystem::path const& file);

/// For a test: the addresses in the text of /proc/PID/net/tcp at which something listens by one of
/// these inodes.
std::vector<std::string> listening_at(std::string_view table,
                                      std::vector<std::string> const& inodes);

} // namespace trafikito::server::cli
