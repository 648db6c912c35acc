// trafikito-server backup, restore and copy: all that is kept, from one database into another one.
#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "base/shell_quoting.hpp"
#include "base/units.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/screen.hpp"
#include "server/cli/shared_identity.hpp"
#include "server/database/postgres_address.hpp"
#include "server/security/data_file.hpp"
#include "server/security/directory_lock.hpp"
#include "server/store/copying.hpp"
#include "server/store/open_store.hpp"
#include "server/store/sqlite_engine.hpp"
#include "server/store/sqlite_schema.hpp"
#include "server/store/store_check.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace trafikito::server::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds between_words{5};
constexpr std::chrono::hours all_time{24 * 365};

std::string in_words(store::copied const& all) {
    return base::count_of(static_cast<std::size_t>(all.servers), "server") + " and " +
           base::count_of(static_cast<std::size_t>(all.reports), "report") + " (" +
           base::in_bytes(static_cast<std::uint64_t>(all.bytes)) + ")";
}

/// On a terminal, so that nobody thinks that it hangs.
store::copy_progress progress_on(std::ostream& err) {
    if (::isatty(STDERR_FILENO) == 0) {
        return {};
    }
    return [&err, next = std::chrono::steady_clock::now() +
                         between_words](store::copied const& done) mutable {
        if (auto const now = std::chrono::steady_clock::now(); now >= next) {
            next = now + between_words;
            err << "... " << in_words(done) << '\n' << std::flush;
        }
    };
}

void require_synced(int error, fs::path const& path) {
    if (error != 0) {
        throw std::system_error(error, std::generic_category(), path.string());
    }
}

void require_directory_of(fs::path const& file) {
    auto const directory = fs::absolute(file).parent_path();
    std::error_code failed;
    if (!fs::is_directory(directory, failed)) {
        throw std::runtime_error("there is no directory " + directory.string() + " for " +
                                 file.filename().string());
    }
}

/// Beside another file, as long as that is made. Goes, unless it was taken; one that was left by
/// somebody who was killed goes first.
class file_of_the_moment {
public:
    explicit file_of_the_moment(fs::path const& beside)
        : path_(beside.string() + ".part"), lock_path_(beside.string() + ".part-lock"),
          lock_(::open(lock_path_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600)) {
        if (lock_.get() < 0) {
            throw std::runtime_error("nothing can be written beside " + beside.string() + ": " +
                                     std::generic_category().message(errno));
        }
        if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
            throw std::runtime_error("another trafikito-server is making " + path_.string() +
                                     " just now");
        }
        remove();
    }
    ~file_of_the_moment() {
        remove();
        std::error_code ignored;
        fs::remove(lock_path_, ignored); // while it is ours
    }
    file_of_the_moment(file_of_the_moment const&) = delete;
    file_of_the_moment& operator=(file_of_the_moment const&) = delete;

    [[nodiscard]] fs::path const& path() const { return path_; }

    /// Under that name, unless there is one already. Where there are no hard links it is looked
    /// whether there is; nobody else makes it as long as the lock is held.
    void take_as(fs::path const& name) {
        require_synced(base::sync_file(path_), path_);
        if (::link(path_.c_str(), name.c_str()) != 0) {
            int const error = errno;
            std::error_code ignored;
            bool const is_there = fs::exists(fs::symlink_status(name, ignored));
            if (error == EEXIST || is_there || ::rename(path_.c_str(), name.c_str()) != 0) {
                throw std::system_error(error, std::generic_category(), name.string());
            }
        }
        require_synced(base::sync_directory_of(name), fs::absolute(name).parent_path());
    }

private:
    /// With what SQLite and an upgrade (sqlite_upgrade.hpp) make beside it.
    void remove() const {
        std::vector<std::string> beginnings{"", ".new"};
        for (int version = 1; version < store::schema_version(); ++version) {
            beginnings.push_back(".schema" + std::to_string(version));
            beginnings.push_back(beginnings.back() + ".part");
        }
        for (auto const& begin : beginnings) {
            for (auto const* const end : {"", "-wal", "-shm", "-journal"}) {
                std::error_code ignored;
                fs::remove(path_.string() + begin + end, ignored);
            }
        }
    }

    fs::path path_;
    fs::path lock_path_;
    base::descriptor lock_;
};

void refuse_existing(fs::path const& file) {
    std::error_code failed;
    if (fs::exists(fs::symlink_status(file, failed))) {
        throw std::runtime_error(file.string() + " is there already: give another name, or remove "
                                                 "it");
    }
}

/// Never readable by others, not even at first.
void copy_privately(fs::path const& from, fs::path const& to) {
    base::descriptor const made(::open(to.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
    if (made.get() < 0) {
        throw std::system_error(errno, std::generic_category(), to.string());
    }
    fs::copy_file(from, to, fs::copy_options::overwrite_existing);
    fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write);
}

/// As it is; an older one is brought up to date in a copy of it.
fs::path current_backup(fs::path const& file, std::optional<file_of_the_moment>& copy) {
    std::error_code failed;
    if (!fs::is_regular_file(file, failed)) {
        throw std::runtime_error(file.string() + " is no file" +
                                 (failed ? ": " + failed.message() : ""));
    }
    int version = 0;
    {
        database::sqlite opened(file, store::access::unchanging);
        version = store::usable_version(opened);
    }
    if (version == store::schema_version()) {
        return file;
    }
    copy.emplace(file);
    copy_privately(file, copy->path());
    store::sqlite_engine const upgraded(copy->path(), store::access::read_write);
    return copy->path();
}

/// Throws when it is not what `backup` wrote. What of it cannot be read.
store::verification look_at_backup(fs::path const& backup) {
    store::store kept(backup, store::access::unchanging, system_now);
    kept.check(all_time);
    return kept.verify(all_time);
}

struct usable_backup {
    fs::path file;
    std::size_t faults = 0;
    std::string first_fault;
};

usable_backup open_backup(fs::path const& file, std::optional<file_of_the_moment>& copy) {
    try {
        auto const found = current_backup(file, copy);
        auto const looked_at = look_at_backup(found);
        return {found, looked_at.faults.size() + looked_at.more,
                looked_at.faults.empty() ? "" : looked_at.faults.front()};
    } catch (database::damaged const& wrong) {
        throw std::runtime_error(file.string() + " is no backup, or it is damaged: " +
                                 database::without_advice(wrong) + "; nothing was changed");
    }
}

std::string what_goes(store::engine& engine) {
    auto const count = [&](std::string_view sql) {
        auto query = engine.connection().prepare(sql);
        query.step();
        return query.number_at(0);
    };
    store::copied all;
    all.servers = count("SELECT count(*) FROM servers");
    all.reports = count("SELECT count(*) FROM reports") +
                  count("SELECT CAST(coalesce(sum(reports), 0) AS BIGINT) FROM blocks");
    return base::count_of(static_cast<std::size_t>(all.servers), "server") + " and " +
           base::count_of(static_cast<std::size_t>(all.reports), "report");
}

void refuse_to_lose(restore_options const& options, usable_backup const& backup,
                    store::engine& into) {
    if (store::is_empty(into.connection())) {
        return;
    }
    if (backup.faults != 0) {
        throw std::runtime_error(
            options.file.string() + " is damaged, " + base::count_of(backup.faults, "fault") +
            ": " + backup.first_fault +
            "; so it does not take the place of what is kept. Where nothing is kept (--data of a "
            "new directory) what can be read of it is of use");
    }
    if (!options.yes) {
        throw std::runtime_error("what is kept would go, " + what_goes(into) +
                                 ": give --yes if that is meant (`trafikito-server backup` keeps "
                                 "it)");
    }
}

/// A backup holds none.
void say_where_keys_are_missing(data_place const& place, std::ostream& err) {
    auto const directory = place.directory.value_or(usual_data_directory);
    std::error_code failed;
    if (!database_of(place) && !fs::exists(fs::symlink_status(directory / "ca.key", failed)) &&
        !fs::exists(fs::symlink_status(directory / "server.key", failed))) {
        err << "keys and certificates are not in a backup: put user_api_key, ca.key, ca.pem and "
               "server.key into "
            << directory.string() << " before it is served, or its agents will not trust it\n";
    }
}

/// Where there is none yet, it is made; then nobody serves it, until this ends.
struct target {
    std::optional<security::directory_lock> lock;
    std::unique_ptr<store::engine> engine;
};

target open_target(data_place const& place, bool lock_it) {
    target opened;
    if (database_of(place)) {
        opened.engine = open_database(place, store::access::read_write);
        return opened;
    }
    auto const directory = place.directory.value_or(usual_data_directory);
    std::error_code failed;
    bool const is_new = !fs::exists(fs::symlink_status(database_file(directory), failed));
    if (is_new) {
        security::make_private_directory(directory);
    }
    if (is_new || lock_it) {
        opened.lock.emplace(directory);
    }
    opened.engine = is_new ? store::open_engine(database_file(directory), store::access::read_write)
                           : open_database(place, store::access::read_write);
    return opened;
}

} // namespace

int run(backup_options const& options, base::console& to) {
    require_directory_of(options.file);
    refuse_existing(options.file);
    auto const from = open_database(options.data, store::access::read_only);
    file_of_the_moment made(options.file);
    store::copied all;
    try {
        store::sqlite_engine target(made.path(), store::access::read_write);
        target.connection().run_script("PRAGMA synchronous = OFF"); // all of it is, in the end
        all = store::copy_all(*from, target, store::copy_way::in_steps, progress_on(to.err));
        store::use_copy(target.connection());
        target.connection().run_script("PRAGMA journal_mode = DELETE"); // one file
    } catch (database::full const&) {
        throw std::runtime_error("there is no room for " + options.file.string() +
                                 ": nothing of it is left there");
    }
    made.take_as(options.file);
    to.out << "backed up " << in_words(all) << " to " << options.file.string()
           << "; compared, it is the same\n";
    to.err << "keys and certificates are not in it: keep user_api_key, ca.key, ca.pem and "
              "server.key of the data directory as well\n";
    return 0;
}

int run(restore_options const& options, base::console& to) {
    std::optional<file_of_the_moment> copy;
    auto const backup = open_backup(options.file, copy);
    auto const into = open_target(options.data, false);
    refuse_to_lose(options, backup, *into.engine);
    store::sqlite_engine from(backup.file, store::access::unchanging);
    auto const all =
        store::copy_all(from, *into.engine, store::copy_way::at_once, progress_on(to.err));
    to.out << "restored " << in_words(all) << " of " << options.file.string()
           << "; compared, it is the same\n";
    if (backup.faults != 0) {
        to.err << "warning: it was damaged, and so is what is kept now: "
               << base::count_of(backup.faults, "fault")
               << ", which `trafikito-server check --full` names\n";
    }
    say_where_keys_are_missing(options.data, to.err);
    return 0;
}

int run(copy_options const& options, base::console& to) {
    auto const from = open_database(options.from, store::access::read_only);
    auto const into = open_target(options.to, true);
    auto const all =
        store::copy_all(*from, *into.engine, store::copy_way::in_steps, progress_on(to.err));
    auto const identity = options.from.directory ? identity_of(*options.from.directory)
                                                 : identity_of(from->connection());
    if (options.to.directory) {
        take_identity(identity, *options.to.directory);
    } else {
        take_identity(identity, into.engine->connection());
    }
    to.out << "copied " << in_words(all) << ", "
           << base::count_of(static_cast<std::size_t>(all.written), "row")
           << " of which were not there yet; compared, it is the same\n";
    to.err << "what comes to the first from now on is copied when this is run again, until the "
              "second is used\n";
    return 0;
}

} // namespace trafikito::server::cli
