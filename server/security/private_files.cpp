#include "server/security/private_files.hpp"

#include "base/path_walk.hpp"
#include "server/security/data_file.hpp"
#include "server/security/review.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace trafikito::server::security {

namespace {

/// Keys, and what machines sent. ca.pem and server.pem are for everybody.
constexpr std::array<std::string_view, 10> private_names{
    "ca.key",           "server.key",       "user_api_key",         "trafikito.db",
    "trafikito.db-wal", "trafikito.db-shm", "trafikito.db-journal", "trafikito.lock",
    "reserve",          "serving"};
/// What others may not write, though they may read it.
constexpr std::array<std::string_view, 2> public_names{"ca.pem", "server.pem"};

constexpr mode_t read_by_others = S_IRGRP | S_IROTH | S_IXGRP | S_IXOTH;
constexpr mode_t written_by_others = S_IWGRP | S_IWOTH;

void require_owner(std::filesystem::path const& path, struct stat const& status) {
    bool const ours = status.st_uid == ::geteuid() || status.st_uid == 0;
    if (!ours) {
        throw std::runtime_error(
            path.string() + " belongs to user " + std::to_string(status.st_uid) +
            ", who could change it at any time: `chown " + std::to_string(::geteuid()) + " " +
            path.string() + "`, or run the server as that user");
    }
}

/// Takes away what others may do beyond `allowed`, and says what that was.
void take_from_others(std::filesystem::path const& path, struct stat const& status, mode_t allowed,
                      base::log& log) {
    auto const open = status.st_mode & (read_by_others | written_by_others) & ~allowed;
    if (open == 0) {
        return;
    }
    if (::chmod(path.c_str(), status.st_mode & 07777U & ~open) != 0) {
        throw std::runtime_error(
            "others can read or write " + path.string() +
            ", and its mode cannot be changed: " + std::generic_category().message(errno));
    }
    bool const written = (open & written_by_others) != 0;
    log.warning(path.string() + (written ? " could be written by others, and no longer can: look "
                                           "whether it is as you left it"
                                         : " could be read by others, and no longer can: what it "
                                           "holds they may know; where that is a key, make a new "
                                           "one"));
}

void secure_file(std::filesystem::path const& path, mode_t allowed, base::log& log) {
    struct stat status{};
    if (::lstat(path.c_str(), &status) != 0) {
        return; // not there
    }
    if (!S_ISREG(status.st_mode)) {
        throw std::runtime_error(path.string() +
                                 " is no file but a link or something else: put the file itself "
                                 "there, or move it away");
    }
    require_owner(path, status);
    take_from_others(path, status, allowed, log);
}

/// What lets somebody else put another directory in the place of ours, and what ends that; nothing
/// when it does not. In a directory as /tmp (sticky) others can neither remove nor rename ours.
std::optional<std::string> open_to_others(base::path_step const& step, uid_t user) {
    auto const path = step.path.string();
    bool const link = step.is == base::path_step::kind::link;
    if (step.owner != 0 && step.owner != user) {
        return "user " + std::to_string(step.owner) + " owns " + path + " (`chown " +
               (link ? "-h " : "") + "root " + path + "`)";
    }
    bool const written = (step.mode & written_by_others) != 0 && (step.mode & S_ISVTX) == 0;
    if (step.is == base::path_step::kind::directory && written) {
        return "others may write " + path + " (`chmod go-w " + path + "`)";
    }
    return std::nullopt;
}

// What stands above is not ours to mend, and people share it: it is named.
void name_open_way(std::filesystem::path const& directory, base::log& log) {
    base::path_walk walk;
    auto const steps = walk.look(std::filesystem::absolute(directory).lexically_normal());
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
        if (auto const how = open_to_others(steps[i], ::geteuid())) {
            log.warning("somebody else could put another directory in the place of " +
                        directory.string() + ": " + *how);
        }
    }
}

bool is_of(uid_t user, struct stat const& status) {
    return status.st_uid == user || status.st_uid == 0;
}

void review_file(std::filesystem::path const& file, mode_t allowed, uid_t user,
                 std::vector<fault>& found) {
    struct stat status{};
    if (::lstat(file.c_str(), &status) != 0) {
        return; // not there
    }
    if (!S_ISREG(status.st_mode)) {
        found.push_back({file, "it is no file but a link or something else",
                         "Put the file itself there, or move it away."});
        return;
    }
    if (!is_of(user, status)) {
        found.push_back({file,
                         "it belongs to user " + std::to_string(status.st_uid) +
                             ", who could change it at any time",
                         "`chown " + std::to_string(user) + " " + file.string() +
                             "`, or run the server as that user."});
        return;
    }
    auto const open = status.st_mode & (read_by_others | written_by_others) & ~allowed;
    if (open != 0) {
        bool const written = (open & written_by_others) != 0;
        found.push_back({file,
                         std::string("others can ") + (written ? "write" : "read") +
                             " it; serve takes that from them",
                         "`chmod go-rwx " + file.string() +
                             "` does, too; where it is a key that "
                             "somebody may have read, have a new "
                             "one made.",
                         false});
    }
}

} // namespace

std::vector<fault> review_data_directory(std::filesystem::path const& directory, uid_t user) {
    std::vector<fault> found;
    struct stat status{};
    if (::stat(directory.c_str(), &status) != 0) {
        return found;
    }
    if (!is_of(user, status)) {
        found.push_back({directory,
                         "it belongs to user " + std::to_string(status.st_uid) +
                             ", who could change it at any time",
                         "`chown " + std::to_string(user) + " " + directory.string() +
                             "`, or run the server as that user."});
    }
    if ((status.st_mode & (read_by_others | written_by_others)) != 0) {
        found.push_back({directory, "others can look into it; serve takes that from them",
                         "`chmod 0700 " + directory.string() + "` does, too.", false});
    }
    base::path_walk walk;
    auto const steps = walk.look(std::filesystem::absolute(directory).lexically_normal());
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) {
        if (auto const how = open_to_others(steps[i], user)) {
            found.push_back({directory,
                             "somebody else could put another directory in its place: " + *how,
                             {},
                             false});
        }
    }
    for (auto const name : private_names) {
        review_file(directory / name, 0, user, found);
    }
    for (auto const name : public_names) {
        review_file(directory / name, read_by_others, user, found);
    }
    return found;
}

void secure_data_directory(std::filesystem::path const& directory, base::log& log) {
    make_private_directory(directory);
    struct stat status{};
    if (::stat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
        throw std::runtime_error(directory.string() +
                                 " is no directory: give --data another, or move the file away");
    }
    require_owner(directory, status);
    name_open_way(directory, log);
    take_from_others(directory, status, 0, log);
    secure_data_files(directory, log);
}

void secure_data_files(std::filesystem::path const& directory, base::log& log) {
    for (auto const name : private_names) {
        secure_data_file(directory / name, log);
    }
    for (auto const name : public_names) {
        secure_data_file(directory / name, log);
    }
}

void secure_data_file(std::filesystem::path const& file, base::log& log) {
    bool const is_public = std::ranges::find(public_names, file.filename()) != public_names.end();
    secure_file(file, is_public ? read_by_others : 0, log);
}

void check_key_file(std::filesystem::path const& key) {
    struct stat status{};
    if (::stat(key.c_str(), &status) != 0) {
        throw std::runtime_error("cannot use the key " + key.string() + ": " +
                                 std::generic_category().message(errno));
    }
    if ((status.st_mode & (S_IROTH | written_by_others)) != 0) {
        throw std::runtime_error(
            "others can " +
            std::string((status.st_mode & written_by_others) != 0 ? "write" : "read") +
            " the key " + key.string() + ": `chmod o-rwx,g-w " + key.string() +
            "`, and have a new one made if somebody may have read it");
    }
}

} // namespace trafikito::server::security
