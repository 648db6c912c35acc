#include "server/database/files_in_use.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace trafikito::server::database {

namespace {

/// Where this process has it open, for other programs.
std::string open_at(int held) {
    return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(held);
}

bool has_no_name(int held) {
    struct stat ours{};
    return ::fstat(held, &ours) == 0 && ours.st_nlink == 0;
}

} // namespace

files_in_use::files_in_use(std::filesystem::path database) {
    for (char const* const end : {"", "-wal", "-shm"}) {
        std::filesystem::path path(database.string() + end);
        base::descriptor held(::open(path.c_str(), O_PATH | O_CLOEXEC));
        if (held.open()) {
            files_.push_back({std::move(path), std::move(held)});
        }
    }
}

bool files_in_use::in_place(one const& file) {
    struct stat ours{};
    struct stat there{};
    return ::fstat(file.held.get(), &ours) == 0 && ::stat(file.path.c_str(), &there) == 0 &&
           ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

bool files_in_use::in_place() const {
    return std::ranges::all_of(files_, [](auto const& each) { return in_place(each); });
}

bool files_in_use::log_is_ours() const {
    return std::ranges::all_of(files_, [](auto const& each) {
        std::error_code failed;
        return !each.path.string().ends_with("-wal") || in_place(each) ||
               std::filesystem::file_size(each.path, failed) == 0 || failed;
    });
}

bool files_in_use::log_is_empty() const {
    return std::ranges::all_of(files_, [](auto const& each) {
        struct stat ours{};
        return !each.path.string().ends_with("-wal") ||
               (::fstat(each.held.get(), &ours) == 0 && ours.st_size == 0);
    });
}

std::string files_in_use::what_happened() const {
    return files_.empty() || !in_place(files_.front()) ? words_for_database() : words_for_log();
}

std::string files_in_use::words_for_database() const {
    if (files_.empty()) {
        return "the database cannot be looked at";
    }
    auto const& [path, held] = files_.front();
    auto const file = path.string();
    std::error_code failed;
    bool const another = std::filesystem::exists(path, failed);
    auto const begin = "the database " + file;
    auto const while_used =
        std::string(" while it is in use") + (another ? ", and another one put in its place" : "");
    auto const or_else =
        another ? std::string("; to go on with the other one, restart the server") : std::string();
    if (has_no_name(held.get())) {
        return begin + " was deleted" + while_used +
               ". What was accepted can be read as long as this process lives: `cp " +
               open_at(held.get()) + " " + file + ".saved`, stop the server, `mv " + file +
               ".saved " + file + "`, start it" + or_else;
    }
    auto const now =
        std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(held.get()), failed);
    auto const where = failed || now == path ? std::string() : now.string();
    return begin + " was moved away" + (where.empty() ? "" : " to " + where) + while_used +
           ". Move it back" + (where.empty() ? "" : " (`mv " + where + " " + file + "`)") +
           " and the server goes on" + or_else;
}

std::string files_in_use::words_for_log() const {
    auto const file = files_.front().path.string();
    return "the log of the database " + file +
           " (its -wal or -shm) was removed while it is in use. " +
           (log_is_empty()
                ? "What was accepted is in the database: restart the server"
                : "Free some room where --data is, if there is none, and restart the server: what "
                  "was accepted is moved into the database when it stops");
}

} // namespace trafikito::server::database
