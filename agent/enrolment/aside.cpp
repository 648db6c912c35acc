#include "agent/enrolment/aside.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <ranges>
#include <system_error>

namespace trafikito::agent::enrolment {

namespace fs = std::filesystem;

namespace {

/// A second name; on a file system without such, a copy of the same mode. 0, or the errno; EEXIST
/// where somebody has that name.
int name_also(fs::path const& file, fs::path const& name) {
    if (::link(file.c_str(), name.c_str()) == 0) {
        return 0;
    }
    int const error = errno;
    std::error_code failed;
    if (error == EEXIST || fs::exists(fs::symlink_status(name, failed))) {
        return EEXIST;
    }
    struct stat facts{};
    if (::lstat(file.c_str(), &facts) != 0 || !fs::copy_file(file, name, failed)) {
        return error;
    }
    bool const given = ::chown(name.c_str(), facts.st_uid, facts.st_gid) == 0;
    return given ? 0 : errno;
}

bool is_there(fs::path const& path) {
    std::error_code failed;
    return fs::exists(fs::symlink_status(path, failed));
}

} // namespace

std::string aside::keep(fs::path const& file) {
    if (file.empty() || !is_there(file)) {
        return {};
    }
    constexpr int most = 1000;
    int error = EEXIST;
    for (int number = 1; number <= most && error == EEXIST; ++number) {
        fs::path const name =
            file.string() + ".old" + (number == 1 ? "" : "." + std::to_string(number));
        error = name_also(file, name);
        if (error == 0) {
            kept_.push_back({file, name});
        }
    }
    return error == 0
               ? std::string()
               : file.string() + " cannot be put aside: " + std::generic_category().message(error);
}

void aside::take_back() {
    for (auto const& one : std::views::reverse(kept_)) {
        std::error_code failed;
        if (fs::equivalent(one.from, one.to, failed)) { // rename(2) would leave both
            ::unlink(one.to.c_str());
        } else {
            ::rename(one.to.c_str(), one.from.c_str());
        }
    }
    kept_.clear();
}

std::vector<fs::path> aside::names() const {
    std::vector<fs::path> all;
    std::ranges::transform(kept_, std::back_inserter(all), &kept_file::to);
    return all;
}

} // namespace trafikito::agent::enrolment
