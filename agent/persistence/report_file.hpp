#pragma once
// Where a report is gathered: tmp_file, or memory when the disk does not take it (doc/design.md,
// "What happens when": disk full). Used by one cycle; what was gathered goes to net::api as a body.

#include "net/api/report.hpp"
#include "net/http/body.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace trafikito::agent::persistence {

class report_file {
public:
    /// Empties tmp_file, or makes it (0600). A link in its place is not followed; a file that
    /// others could have open is left to them, and a new one made.
    explicit report_file(std::filesystem::path const& tmp_file);

    /// The writer of what belongs into the report.
    net::api::report_writer& writer() { return writer_; }

    /// What was gathered so far.
    [[nodiscard]] net::http::body content() const;
    [[nodiscard]] std::uint64_t size() const { return on_disk_ + in_memory_.size(); }

    /// Why the report is (partly) in memory, in words; empty when it is on disk.
    [[nodiscard]] std::string const& problem() const { return problem_; }

    /// Writes `trailer` behind what was gathered and waits until the disk has all of it (fsync(2)):
    /// for the spool. Returns in words why it could not, empty when it did. Nothing may be
    /// gathered any more; content() is as before.
    std::string seal(std::string_view trailer);

    [[nodiscard]] std::filesystem::path const& path() const { return path_; }
    [[nodiscard]] int descriptor() const { return file_.descriptor(); }

    report_file(report_file const&) = delete;
    report_file& operator=(report_file const&) = delete;

private:
    void add(std::string_view bytes);

    std::filesystem::path path_;
    net::http::shared_file file_;
    std::uint64_t on_disk_ = 0;
    std::string in_memory_; ///< what came after the disk took no more
    std::string problem_;
    net::api::report_writer writer_;
};

} // namespace trafikito::agent::persistence
