#pragma once
// Where the lines of the log go: stderr, log_file, or the journal. None of them ever makes the
// agent wait: what a reader does not take in time is lost, counted, and the count is said when he
// reads again. One line is at most PIPE_BUF bytes to a pipe, so that lines of two writers do not
// mix.

#include "agent/log.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace trafikito::agent {

/// A sink for `descriptor`, which stays open and whose flags are left alone (they are shared with
/// whoever else has it).
log::sink log_to_descriptor(int descriptor);

struct log_file_limits {
    std::uint64_t max_size = 1024UL * 1024; ///< bytes; beyond it the oldest lines go
    std::size_t kept_lines = 1000;          ///< at most, of these; the shell agents kept as many
};

/// A sink for a file that is appended to (made 0640, a link in its place is not followed). A file
/// that was renamed or removed meanwhile (logrotate) is made anew. What cannot be written to it
/// goes to stderr.
log::sink log_to_file(std::filesystem::path file, log_file_limits limits = {});

/// log_to_file(), or stderr when `log_file` is empty.
log::sink open_log(std::filesystem::path const& log_file);

/// A sender to the journal's socket (systemd's native protocol).
log::journal_sink log_to_journal(std::filesystem::path socket = "/run/systemd/journal/socket");

/// True when systemd connected stderr to the journal (JOURNAL_STREAM, systemd.exec(5)).
bool stderr_is_journal();

} // namespace trafikito::agent
