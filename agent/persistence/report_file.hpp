#pragma once
// Where a report is gathered: tmp_file, or memory when the disk does not take it (doc/design.md,
// "What happens when": disk full). Used by one cycle; what was gathered goes to net::api as a body.
//
// The file stays from one cycle to the next and is written over. While a report is gathered its end
// says nothing, or that what ended there is spent (spool_trailer.hpp): the last bytes of the file
// are never those of a report. Only seal() makes one of it that outlasts the process, whole.

#include "agent/persistence/spool_trailer.hpp"
#include "net/api/report.hpp"
#include "net/http/body.hpp"

#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace trafikito::agent::persistence {

/// An open file of which the end says that it is spent.
struct spent_file {
    net::http::shared_file file;
    std::uint64_t size = 0;
    dev_t device = 0;
    ino_t inode = 0;
    uid_t owner = 0;
};

class report_file {
public:
    /// Opens tmp_file, or makes it (0600). A link in its place is not followed; a file that others
    /// could have open is left to them, and a new one made. What is sealed in it is given up.
    /// `not_to_be_used`: why tmp_file is left alone, if it is; becomes the problem().
    /// `spent`: what held a report before, open, and can hold this one if it is still tmp_file.
    explicit report_file(std::filesystem::path tmp_file, std::string not_to_be_used = {},
                         spent_file spent = {});

    /// The writer of what belongs into the report.
    net::api::report_writer& writer() { return writer_; }

    /// Bytes of the report as they are.
    void append(std::string_view bytes);

    /// What was gathered so far.
    [[nodiscard]] net::http::body content() const;
    [[nodiscard]] std::uint64_t size() const { return on_disk_ + in_memory_.size(); }

    /// Why the report is (partly) in memory for good, in words; empty when the disk takes it.
    [[nodiscard]] std::string const& problem() const { return problem_; }

    /// Writes what is not there yet and, at the end of the file, the trailer of `value`, whose size
    /// and checksum of the report are taken from here; waits until the disk has all of it
    /// (fdatasync(2)), and the name of a file that may be new. Returns in words why it could not,
    /// empty when it did. Nothing may be gathered any more; content() is as before.
    std::string seal(trailer value);

    /// The same report into another file. Returns words as seal() does.
    std::string copy_to(report_file& other) const;

    [[nodiscard]] std::filesystem::path const& path() const { return path_; }
    [[nodiscard]] net::http::shared_file const& file() const { return file_; }
    [[nodiscard]] std::uint64_t file_size() const { return file_size_; }
    [[nodiscard]] dev_t device() const { return device_; }

    /// What it is when its report is spent.
    [[nodiscard]] spent_file when_spent() const {
        return {
            .file = file_, .size = file_size_, .device = device_, .inode = inode_, .owner = owner_};
    }

    report_file(report_file const&) = delete;
    report_file& operator=(report_file const&) = delete;

private:
    void open(spent_file&& spent);
    void flush();
    int grow_to(std::uint64_t size);
    int write_sealed(std::string const& end);
    void note(int error);

    std::filesystem::path path_;
    net::http::shared_file file_;
    std::uint64_t file_size_ = 0;
    dev_t device_ = 0;
    ino_t inode_ = 0;
    uid_t owner_ = 0;
    bool name_is_synced_ = false;
    std::uint64_t on_disk_ = 0; ///< of the report
    std::uint32_t sum_ = 0;     ///< of the report
    std::string in_memory_;     ///< what comes behind it
    std::string problem_;
    net::api::report_writer writer_;
};

} // namespace trafikito::agent::persistence
