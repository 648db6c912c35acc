#pragma once
// Reports that the API has not accepted yet, on the disk before they are offered, gone when they
// were accepted. The one of this cycle stays where it was gathered, in tmp_file, sealed by a
// trailer: so a report that is accepted at once, as nearly all are, costs no new file and no new
// name. When it is not, it moves into var/spool, one file each, and so does one that a process left
// there which was killed. What is left over is sent later, oldest first. Links in the place of its
// files are not followed.
//
// Where tmp_file is on another file system (perhaps one of memory), the report is sealed in
// trafikito.sealed beside the spool instead, which stays there like tmp_file.

#include "agent/persistence/report_file.hpp"
#include "agent/persistence/spool_trailer.hpp"
#include "base/clock.hpp"
#include "base/descriptor.hpp"
#include "net/http/body.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <sys/types.h>

namespace trafikito::agent::persistence {

struct kept_report {
    std::uint64_t number = 0; ///< in the order of keeping
    std::uint64_t size = 0;   ///< of its file
    report_metadata facts;
    net::http::body content;
};

/// Longest time and largest room (doc/design.md, "What lasts, and where").
struct spool_limits {
    std::uint64_t max_size = 0; ///< bytes
    std::chrono::milliseconds max_age{0};
};

/// What forget() gave up.
struct given_up {
    std::size_t too_old = 0;
    std::size_t too_large = 0; ///< the oldest of those that had no room together
};

class report_spool {
public:
    /// Reads what is there. A file that is not what this class writes is set aside as `….damaged`.
    explicit report_spool(std::filesystem::path directory);

    /// Which file was found damaged last, and how many before; empty when none was.
    [[nodiscard]] std::string const& damage() const { return damage_; }

    /// Whose reports these are from now on: machine.hpp, identity_fingerprint().
    void belongs_to(std::string identity) { identity_ = std::move(identity); }

    /// What an earlier process sealed in `tmp_file` (or in place of it) and left comes into the
    /// spool: from beside the directory whatever it is, like all that is in there, from elsewhere
    /// if it is of the same identity. One that is damaged is set aside as `….damaged`.
    void adopt(std::filesystem::path const& tmp_file);

    /// Seals the report where it is. From then on it survives. Returns in words why it could not,
    /// empty when it did; `number` is its own then. The report can still be sent from its file in
    /// any case. Before the next one is gathered, park() must be called.
    std::string keep(report_file& report, report_metadata const& facts, std::uint64_t& number);

    /// The file of the last report, if that was accepted at once and is still tmp_file: for the
    /// next one. Else what is there is adopted first, or set aside as adopt() does.
    spent_file reusable(std::filesystem::path const& tmp_file);

    /// What keep() sealed and nobody accepted or gave up moves into the directory: whatever is
    /// gathered next does not touch it. Returns in words why it could not; it stays where it is
    /// then, counts as before, and nothing else may be gathered there.
    std::string park();

    /// The oldest one that may be offered: not one that was refused within the last hour.
    std::optional<kept_report> oldest(base::clock::steady_time now);

    /// The API has it: it goes. Returns in words why its file could not be removed (it will be sent
    /// again after a restart then), empty when it was.
    std::string accepted(std::uint64_t number);

    /// The API does not want it as it is. That may be mended there: it is offered again after an
    /// hour, or after a restart, and does not block those behind it.
    void refused(std::uint64_t number, base::clock::steady_time now);

    /// The API takes none of that size, and it will not become smaller. It is offered again as
    /// after refused(), in case that is mended there; but no more than one such waits, so that they
    /// do not drive out what can be delivered. True when the one before it was given up for it.
    bool too_large(std::uint64_t number, base::clock::steady_time now);

    /// It is not to be offered any more: it goes. Returns words as accepted() does.
    std::string give_up(std::uint64_t number);

    /// Gives up what is too old or too much, oldest first.
    given_up forget(spool_limits const& limits, base::timestamp const& now);

    [[nodiscard]] std::size_t count() const { return entries_.size(); }
    [[nodiscard]] std::uint64_t size() const { return size_; } ///< bytes, of all of them
    /// Of the oldest one; nothing when there is none.
    [[nodiscard]] std::optional<base::timestamp> oldest_since() const;

private:
    struct entry {
        std::uint64_t size = 0;
        base::timestamp collected;
        std::optional<base::clock::steady_time> not_before; ///< was refused
        bool too_large = false;                             ///< for the API
    };

    /// The one that keep() sealed.
    struct sealed_here {
        std::uint64_t number = 0;
        std::filesystem::path path;
        net::http::shared_file file;
        std::uint64_t size = 0; ///< of the file
        spent_file when_spent;  ///< none of one that stands for tmp_file
    };

    static std::string name_of(std::uint64_t number);
    std::string open_directory();
    void read_directory();
    [[nodiscard]] std::optional<kept_report> read(std::uint64_t number) const;
    void add(std::uint64_t number, std::uint64_t size, base::timestamp const& collected);
    void set_aside(std::string const& name);
    void note_damage(std::filesystem::path const& where);
    void adopt_from(std::filesystem::path const& path);
    void set_aside_sealed(std::filesystem::path const& path);
    std::string seal(report_file& report, trailer const& value);
    int move_in(sealed_here const& what, std::string const& name);
    int copy_in(sealed_here const& what, std::string const& name);
    std::string spend_sealed();
    std::string remove(std::uint64_t number);
    [[nodiscard]] std::string in_words(std::string const& name, int error) const;

    std::filesystem::path directory_;
    base::descriptor opened_;
    dev_t device_ = 0; ///< of what is opened
    ino_t inode_ = 0;
    std::string identity_;
    std::optional<sealed_here> sealed_;
    spent_file spent_;
    std::map<std::uint64_t, entry> entries_;
    std::uint64_t next_ = 1;
    std::uint64_t size_ = 0;
    std::string damage_;
    std::size_t damaged_ = 0;
};

} // namespace trafikito::agent::persistence
