#pragma once
// With whose environment the agent's configuration is read. That of a daemon which lives, not that
// of the shell in which `why` is typed: a proxy that is exported there alone is none of the
// daemon's. Shows names of variables, never their values.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace trafikito::agent::diagnosis {

struct question;

struct environment {
    enum class whose : std::uint8_t {
        asker,  ///< no daemon lives
        daemon, ///< it was seen
        nobody  ///< a daemon lives, and who asks may not see its own: the files count alone
    };

    std::vector<std::string> values; ///< `NAME=value` each
    whose is = whose::asker;
    pid_t daemon = 0;                   ///< where one lives
    bool files_alone = false;           ///< of nobody: no variable of the shell sets a key
    std::vector<std::string> different; ///< what is not as in that of who asks, in words

    /// `the environment of the agent, process 42`; `the environment of this shell`
    [[nodiscard]] std::string in_words() const;
    /// Whether it sets that variable to something.
    [[nodiscard]] bool has(std::string_view name) const;
};

/// Reads the configuration, for its var_dir, and /proc.
environment find_environment(question const& asked);

/// /proc/PID/environ: `NAME=value`, each ended by a NUL.
std::vector<std::string> parse_environment(std::string_view text);

/// The names of the variables that mean something to the agent and are not the same in both.
std::vector<std::string> different_variables(std::vector<std::string> const& one,
                                             std::vector<std::string> const& other);

/// Makes the libraries see what they see in the daemon: whom to trust, how to look names up.
/// Before any thread; only of a daemon's.
void wear(environment const& what);

} // namespace trafikito::agent::diagnosis
