#pragma once
// Where the lines of the log go: stderr, log_file, or the journal. No reader ever makes a program
// wait: what he does not take in time, or a full disk does not take, is lost, counted, and the
// count is said when there is room again, in the name of `program`. (A disk that hangs does:
// log_queue is for those whom it must not stop.) One line is at most PIPE_BUF bytes to a pipe, so
// that lines of two writers do not mix.

#include "base/bounded_file.hpp"
#include "base/log.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace trafikito::base {

/// A sink for `descriptor`, which stays open and whose flags are left alone (they are shared with
/// whoever else has it).
log::sink log_to_descriptor(int descriptor, std::string_view program);

/// A sink for a bounded_file. What cannot be written to it goes to stderr.
log::sink log_to_file(std::filesystem::path file, std::string_view program,
                      file_limits limits = {});

/// What stands in the place of a log_file for stdout: where that is somebody else's pipe, as in a
/// container, /dev/stdout can be opened by root only.
inline constexpr char const* log_to_stdout = "-";

/// log_to_file(), or stderr when `log_file` is empty, or stdout when it is log_to_stdout.
log::sink open_log(std::filesystem::path const& log_file, std::string_view program);

/// A sender to the journal's socket (systemd's native protocol).
log::journal_sink log_to_journal(std::filesystem::path socket = "/run/systemd/journal/socket");

/// True when systemd connected stderr to the journal (JOURNAL_STREAM, systemd.exec(5)).
bool stderr_is_journal();

} // namespace trafikito::base
