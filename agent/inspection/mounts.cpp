#include "agent/inspection/mounts.hpp"

#include "base/ascii.hpp"
#include "base/descriptor.hpp"
#include "base/file.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <system_error>

namespace trafikito::agent::inspection {

namespace fs = std::filesystem;

namespace {

/// `\040` of mountinfo is a blank, and so on.
std::string without_escapes(std::string_view text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto const is_octal = [&](std::size_t place) {
            return text[place] >= '0' && text[place] <= '7';
        };
        if (text[at] == '\\' && at + 3 < text.size() && is_octal(at + 1) && is_octal(at + 2) &&
            is_octal(at + 3)) {
            plain += static_cast<char>((text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 +
                                       (text[at + 3] - '0'));
            at += 3;
        } else {
            plain += text[at];
        }
    }
    return plain;
}

std::string_view field_of(std::string_view line, std::size_t number) {
    for (; number != 0; --number) {
        auto const blank = line.find(' ');
        if (blank == std::string_view::npos) {
            return {};
        }
        line.remove_prefix(blank + 1);
    }
    return line.substr(0, line.find(' '));
}

} // namespace

std::string find_mount_point(std::string_view mountinfo, std::string_view file) {
    constexpr std::size_t of_point = 4;
    std::string longest;
    base::line_reader lines(mountinfo);
    while (auto const line = lines.next()) {
        auto const point = without_escapes(field_of(line->text, of_point));
        bool const above =
            point == "/" ||
            (file.starts_with(point) && (file.size() == point.size() || file[point.size()] == '/'));
        if (!point.empty() && above && point.size() >= longest.size()) {
            longest = point;
        }
    }
    return longest;
}

mount_facts mount_of(fs::path const& file) {
    mount_facts found;
    struct statvfs facts{};
    auto at = file;
    while (::statvfs(at.c_str(), &facts) != 0) {
        if (!at.has_relative_path()) {
            return found;
        }
        at = at.parent_path();
    }
    found.no_exec = (facts.f_flag & ST_NOEXEC) != 0;
    found.no_suid = (facts.f_flag & ST_NOSUID) != 0;
    found.read_only = (facts.f_flag & ST_RDONLY) != 0;
    constexpr std::size_t most = 4UL * 1024 * 1024;
    std::error_code failed;
    auto const real = fs::canonical(at, failed);
    auto const text = base::read_file("/proc/self/mountinfo", most);
    found.point = find_mount_point(text.content.value_or(""), (failed ? at : real).native());
    return found;
}

bool is_immutable(fs::path const& file) {
    struct stat facts{};
    bool const ordinary =
        ::stat(file.c_str(), &facts) == 0 && (S_ISREG(facts.st_mode) || S_ISDIR(facts.st_mode));
    base::descriptor const opened(
        ordinary ? ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1);
    int flags = 0;
    return opened.open() && ::ioctl(opened.get(), FS_IOC_GETFLAGS, &flags) == 0 &&
           (flags & FS_IMMUTABLE_FL) != 0;
}

} // namespace trafikito::agent::inspection
