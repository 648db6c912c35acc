#include "server/cli/data_directory.hpp"

#include "base/shell_quoting.hpp"
#include "server/cli/screen.hpp"
#include "server/cli/server_names.hpp"
#include "server/security/directory_lock.hpp"
#include "server/store/open_store.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace trafikito::server::cli {

namespace {

namespace fs = std::filesystem;

std::string name_of_user(uid_t user) {
    auto const* const entry = ::getpwuid(user);
    return entry == nullptr ? "#" + std::to_string(user) : entry->pw_name;
}

bool may(fs::path const& path, int what) {
    return ::faccessat(AT_FDCWD, path.c_str(), what, AT_EACCESS) == 0;
}

/// `belongs to trafikito-server (mode 0700): …`, what to do about it.
std::string whose(fs::path const& path) {
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0) {
        return "cannot be looked at: " + std::generic_category().message(errno);
    }
    std::array<char, 8> mode{};
    std::snprintf(mode.data(), mode.size(), "%04o", found.st_mode & 07777U);
    auto const owner = name_of_user(found.st_uid);
    auto const text = "belongs to " + owner + " (mode " + mode.data() + "): ";
    if (found.st_uid == ::geteuid()) {
        return text + "its owner must be able to read and write it; `chmod u+rwX` mends it";
    }
    return text + "run this as that user, `sudo -u " +
           (owner.front() == '#' ? "'" + owner + "'" : owner) + " trafikito-server …`";
}

/// The first directory on the way to `path` that this user may not look into, if there is one.
std::optional<fs::path> closed_on_the_way(fs::path const& path) {
    fs::path walked;
    for (auto const& part : fs::absolute(path).lexically_normal()) {
        struct stat found{};
        if (::stat((walked / part).c_str(), &found) != 0) {
            if (errno != EACCES) {
                return std::nullopt;
            }
            std::error_code no_link; // as systemd's to /var/lib/private
            auto const target = fs::read_symlink(walked / part, no_link);
            return no_link ? std::optional(walked) : closed_on_the_way(walked / target);
        }
        walked /= part;
    }
    return may(walked, X_OK) ? std::nullopt : std::optional(walked);
}

void check_database(fs::path const& directory, fs::path const& file, store::access wanted) {
    std::error_code failed;
    auto const status = fs::status(file, failed);
    if (status.type() == fs::file_type::not_found && security::is_served(directory)) {
        throw std::runtime_error("the database of " + directory.string() +
                                 " was deleted while a server serves it: `trafikito-server check "
                                 "--data " +
                                 base::shell_quoted(directory.string()) + "` says how to save it");
    }
    if (status.type() == fs::file_type::not_found) {
        throw std::runtime_error("there is no database in " + directory.string() +
                                 ": start `trafikito-server serve --data " + directory.string() +
                                 "` once, it makes one (or name a PostgreSQL with --database)");
    }
    if (!fs::is_regular_file(status)) {
        throw std::runtime_error("the database " + file.string() + " is no file" +
                                 (failed ? ": " + failed.message() : ""));
    }
    bool const writes = wanted == store::access::read_write;
    if (!may(file, writes ? R_OK | W_OK : R_OK)) {
        throw std::runtime_error("this user (" + name_of_user(::geteuid()) + ") may not " +
                                 (writes ? "write" : "read") + " the database " + file.string() +
                                 ", which " + whose(file));
    }
    if (writes && !may(directory, W_OK)) {
        throw std::runtime_error("this user (" + name_of_user(::geteuid()) + ") may not write to " +
                                 directory.string() + ", which " + whose(directory));
    }
}

} // namespace

void require_directory(fs::path const& directory) {
    if (auto const closed = closed_on_the_way(directory)) {
        struct stat found{};
        if (::stat(closed->c_str(), &found) == 0 && S_ISDIR(found.st_mode)) {
            throw std::runtime_error("this user (" + name_of_user(::geteuid()) +
                                     ") may not look into " + closed->string() + ", which " +
                                     whose(*closed));
        }
    }
    std::error_code failed;
    auto const status = fs::status(directory, failed);
    if (fs::is_directory(status)) {
        return;
    }
    if (fs::exists(status)) {
        throw std::runtime_error(directory.string() +
                                 " is no directory: give --data the directory that holds "
                                 "trafikito.db, not a file");
    }
    throw std::runtime_error("there is no data directory " + directory.string() +
                             ": give --data the directory that `trafikito-server serve` uses");
}

std::filesystem::path database_file(std::filesystem::path const& directory) {
    return directory / "trafikito.db";
}

std::filesystem::path data_or_usual(std::optional<std::filesystem::path> const& given) {
    std::error_code failed;
    if (!given && !fs::exists(fs::symlink_status(usual_data_directory, failed))) {
        throw std::runtime_error(std::string("--data is missing, and there is no ") +
                                 usual_data_directory +
                                 ": give it the directory that `trafikito-server serve` uses");
    }
    return given.value_or(usual_data_directory);
}

namespace {

std::unique_ptr<store::engine> open_file(fs::path const& directory, store::access wanted) {
    require_directory(directory);
    auto const file = database_file(directory);
    check_database(directory, file, wanted);
    try {
        return store::open_engine(file, wanted);
    } catch (store::store_error const&) {
        // To read, SQLite may need its log beside the database.
        if (!may(directory, W_OK)) {
            throw std::runtime_error("the database " + file.string() +
                                     " cannot be read without writing to its directory, which " +
                                     whose(directory));
        }
        throw;
    }
}

} // namespace

std::filesystem::path data_or_usual(data_place const& place) {
    return data_or_usual(place.directory);
}

std::unique_ptr<store::engine> open_database(data_place const& place, store::access wanted) {
    auto const database = database_of(place);
    return database ? store::open_engine(*database, wanted)
                    : open_file(data_or_usual(place.directory), wanted);
}

store::store open_store(data_place const& place, store::access wanted) {
    return {open_database(place, wanted), wanted, system_now};
}

std::string as_options(data_place const& place) {
    std::string text;
    if (place.directory) {
        text += "--data " + base::shell_quoted(place.directory->string()) + " ";
    }
    if (place.database) {
        text += "--database " + base::shell_quoted(*place.database) + " ";
    }
    return text;
}

store::server_row find_named_server(store::store& store, std::string const& id_or_name) {
    if (auto exact = store.find_server(id_or_name)) {
        return std::move(*exact);
    }
    std::optional<store::server_row> found;
    for (auto& candidate : store.servers()) {
        if (candidate.name == id_or_name) {
            if (found) {
                throw std::runtime_error("several servers are called " + cell(id_or_name, 200) +
                                         ": give the id (see `trafikito-server servers`)");
            }
            found = std::move(candidate);
        }
    }
    if (!found) {
        auto const near = nearest_server(store, id_or_name);
        throw std::runtime_error("there is no server " + cell(id_or_name, 200) +
                                 (near.empty() ? "" : ", did you mean " + cell(near, 200) + "?") +
                                 (near.empty() ? ": " : " ") +
                                 "`trafikito-server servers` lists them");
    }
    return std::move(*found);
}

base::wall_time system_now() {
    return std::chrono::system_clock::now();
}

} // namespace trafikito::server::cli
