#include "server/store/sqlite_upgrade.hpp"

#include "base/file.hpp"
#include "base/units.hpp"
#include "server/database/sqlite.hpp"
#include "server/store/old_reports.hpp"
#include "server/store/sqlite_schema.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace trafikito::server::store {

namespace {

namespace fs = std::filesystem;
using database::sqlite;

constexpr std::uintmax_t least_room = 16UL * 1024 * 1024;
/// What machines say takes a twentieth when it is packed; noise takes all of it, and then it ends
/// with a full disk.
constexpr std::uintmax_t part_of_old = 4;

[[noreturn]] void fail(std::string const& what, fs::path const& file) {
    throw database::error("the database could not be brought up to date: " + what + " " +
                          file.string() + ": " + std::generic_category().message(errno) +
                          " (nothing has changed)");
}

std::string quoted(std::string const& text) {
    std::string all = "'";
    for (char const one : text) {
        all += one == '\'' ? "''" : std::string(1, one);
    }
    return all + "'";
}

bool is_same_file(struct stat const& one, struct stat const& other) {
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

struct stat look_at(fs::path const& file) {
    struct stat found{};
    if (::stat(file.c_str(), &found) != 0) {
        fail("cannot look at", file);
    }
    return found;
}

void require_synced(int error, fs::path const& path) {
    if (error != 0) {
        errno = error;
        fail("cannot write to the disk", path);
    }
}

void remove_with_log(fs::path const& file) {
    for (char const* const end : {"", "-journal", "-wal", "-shm"}) {
        ::unlink((file.string() + end).c_str());
    }
}

[[noreturn]] void fail_for_room(sqlite const& old) {
    throw database::full("the database " + old.file().string() +
                         " could not be brought up to date: its disk is full. Free some room, at "
                         "most as much as it takes now, and start again (nothing has changed)");
}

// All that its log holds goes into the file, and nobody else gets it before this connection ends.
// Nobody can have it open for the first.
bool is_taken_alone(sqlite& old) {
    try {
        old.run_script("PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; "
                       "BEGIN EXCLUSIVE; COMMIT");
        auto mode = old.prepare("PRAGMA journal_mode");
        return mode.step() && mode.bytes_at(0) == "delete";
    } catch (database::busy const&) {
        return false;
    } catch (database::full const&) {
        fail_for_room(old);
    }
}

void take_alone(sqlite& old) {
    if (!is_taken_alone(old)) {
        throw database::busy("the database " + old.file().string() +
                             " is of an older trafikito-server and cannot be brought up to date "
                             "while another process has it open: end that one (an older server "
                             "that still runs, a sqlite3 shell), and start again");
    }
}

void require_room(fs::path const& old) {
    std::error_code failed;
    auto const size = fs::file_size(old, failed);
    auto const room = fs::space(old.parent_path(), failed);
    auto const needed = size / part_of_old + least_room;
    if (!failed && room.available < needed) {
        throw database::full("the database " + old.string() +
                             " must be brought up to date, for which its disk needs about " +
                             base::in_bytes(needed) + ", and " + base::in_bytes(room.available) +
                             " are free: free some room, and start again (nothing has changed)");
    }
}

// It goes to whom the old one belongs, also when root does this.
void give_to_owner(fs::path const& file, struct stat const& of) {
    auto const made = look_at(file);
    if ((made.st_uid != of.st_uid || made.st_gid != of.st_gid) &&
        ::chown(file.c_str(), of.st_uid, of.st_gid) != 0) {
        fail("cannot give to its owner", file);
    }
}

/// An empty database of today.
void make_empty(fs::path const& file) {
    remove_with_log(file);
    sqlite made(file, database::access::read_write);
    made.run_script("PRAGMA auto_vacuum = INCREMENTAL");
    migrate(made);
}

/// The old one keeps its name and gets another beside it; where there are no hard links it is
/// copied.
fs::path keep_copy(fs::path const& file, int version) {
    auto const before = look_at(file);
    fs::path copy(file.string() + ".schema" + std::to_string(version));
    for (int number = 2;; ++number) {
        if (::link(file.c_str(), copy.c_str()) == 0) {
            return copy;
        }
        std::error_code failed;
        if (errno != EEXIST && !fs::exists(fs::symlink_status(copy, failed))) {
            break;
        }
        if (is_same_file(look_at(copy), before)) {
            return copy; // from an attempt that was interrupted
        }
        copy = file.string() + ".schema" + std::to_string(version) + "." + std::to_string(number);
    }
    auto const part = fs::path(copy.string() + ".part");
    std::error_code failed;
    fs::copy_file(file, part, fs::copy_options::overwrite_existing, failed);
    if (failed) {
        ::unlink(part.c_str());
        errno = failed.value();
        fail("cannot make the copy", copy);
    }
    ::chmod(part.c_str(), before.st_mode & 0777U);
    give_to_owner(part, before);
    require_synced(base::sync_file(part), part);
    fs::rename(part, copy);
    return copy;
}

} // namespace

std::string upgrade::in_words() const {
    return "the database was of an older version (schema " + std::to_string(from) +
           ") and was written anew with its " +
           base::count_of(static_cast<std::size_t>(reports), "report") + " in " +
           base::in_seconds(took) + "; as it was it lies in " + copy.string() +
           ", which may be deleted";
}

namespace {

/// What the old one holds, in a file that nobody uses yet.
std::int64_t write_beside(fs::path const& beside, sqlite& old, std::function<void()> const& alive) {
    try {
        make_empty(beside);
        old.run_script("ATTACH " + quoted(beside.string()) +
                       " AS made; PRAGMA made.journal_mode = OFF; PRAGMA made.synchronous = OFF");
        return copy_old_database(old, alive);
    } catch (database::full const&) {
        fail_for_room(old);
    }
}

/// Nothing when it changed its place while it was waited for.
std::optional<upgrade> write_anew(fs::path const& file, struct stat const& before, sqlite& old,
                                  std::function<void()> const& alive) {
    auto const begun = std::chrono::steady_clock::now();
    take_alone(old);
    if (!is_same_file(look_at(file), before)) {
        return std::nullopt;
    }
    upgrade done{.from = usable_version(old), .copy = {}};
    require_room(file);
    fs::path const beside(file.string() + ".new");
    struct removed {
        fs::path const& file;
        ~removed() { remove_with_log(file); }
    } const later{beside};
    done.reports = write_beside(beside, old, alive);
    give_to_owner(beside, before);
    require_synced(base::sync_file(beside), beside);
    done.copy = keep_copy(file, done.from);
    require_synced(base::sync_directory_of(file), file.parent_path());
    if (::rename(beside.c_str(), file.c_str()) != 0) {
        fail("cannot put the new one in its place", file);
    }
    require_synced(base::sync_directory_of(file), file.parent_path());
    done.took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begun);
    return done;
}

} // namespace

std::optional<upgrade> upgrade_database(fs::path const& file, std::function<void()> const& alive) {
    static constexpr int tries = 3;
    for (int left = tries; left > 0; --left) {
        std::error_code failed;
        auto const real = fs::canonical(file, failed); // what a symbolic link points to
        if (failed) {
            return std::nullopt;
        }
        auto const before = look_at(real);
        sqlite old(real, database::access::read_write);
        if (!is_written_anew(usable_version(old))) {
            return std::nullopt;
        }
        if (auto done = write_anew(real, before, old, alive)) {
            return done;
        }
    }
    throw database::busy("the database " + file.string() +
                         " was replaced again and again while it was to be brought up to date");
}

} // namespace trafikito::server::store
