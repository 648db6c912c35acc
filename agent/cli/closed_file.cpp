#include "agent/cli/closed_file.hpp"

#include "base/printable.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

namespace trafikito::agent::cli {

namespace fs = std::filesystem;

namespace {

std::string user_of(uid_t number) {
    auto const* const known = ::getpwuid(number);
    return known != nullptr ? known->pw_name : std::to_string(number);
}

std::string group_of(gid_t number) {
    auto const* const known = ::getgrgid(number);
    return known != nullptr ? known->gr_name : std::to_string(number);
}

/// `(root:shadow, mode 0640)`
std::string facts_of(struct stat const& file) {
    constexpr mode_t shown_bits = 07777;
    std::array<char, 8> mode{};
    std::snprintf(mode.data(), mode.size(), "%04o", file.st_mode & shown_bits);
    return "(" + user_of(file.st_uid) + ":" + group_of(file.st_gid) + ", mode " + mode.data() + ")";
}

std::string shown(fs::path const& file) {
    return base::for_line(file.string(), 200);
}

} // namespace

std::string why_closed(fs::path const& file, int mode) {
    if (::faccessat(AT_FDCWD, file.c_str(), mode, AT_EACCESS) == 0 || errno != EACCES) {
        return {};
    }
    auto const who = user_of(::geteuid());
    fs::path so_far;
    for (auto const& part : file) {
        so_far /= part;
        struct stat facts{};
        if (::stat(so_far.c_str(), &facts) != 0) {
            return {};
        }
        bool const is_last = so_far == file;
        if (!is_last && ::faccessat(AT_FDCWD, so_far.c_str(), X_OK, AT_EACCESS) != 0) {
            return who + " may not enter " + shown(so_far) + " " + facts_of(facts) + ", where " +
                   shown(file) + " is";
        }
        if (is_last) {
            return who + " may not " + (mode == X_OK ? "run " : "read ") + shown(file) + " " +
                   facts_of(facts);
        }
    }
    return {};
}

} // namespace trafikito::agent::cli
