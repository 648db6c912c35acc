#include "agent/persistence/foreign_place.hpp"

#include "base/descriptor.hpp"
#include "base/file.hpp"
#include "base/path_walk.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace trafikito::agent::persistence {

namespace {

using kind = base::path_step::kind;

std::string words_of(int error) {
    return std::generic_category().message(error);
}

/// With what mends it, where that is known.
std::string words_for(int error, std::filesystem::path const& directory) {
    auto text = words_of(error);
    if (error == EROFS) {
        text += "; a unit of systemd that keeps the system read-only needs ReadWritePaths=" +
                directory.string();
    } else if (error == EACCES) {
        text += "; the agent's user must be able to make files in " + directory.string();
    }
    return text;
}

/// The directory, free of links, or in words why there is none to be had.
struct place {
    std::filesystem::path directory;
    std::string problem;
};

place find_place(std::filesystem::path const& path) {
    struct stat facts{}; // the walk goes as far as there is something
    if (::stat(path.parent_path().c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode)) {
        return {{}, "there is no directory " + path.parent_path().string() + " to write it to"};
    }
    base::path_walk walk;
    auto const steps = walk.look(path.parent_path());
    auto const agent = ::geteuid();
    for (auto const& step : steps) {
        if (step.is == kind::link && step.owner != 0 && step.owner != agent) {
            return {{}, "the link " + step.path.string() + " on the way there is of another user"};
        }
    }
    if (steps.empty() || steps.back().is != kind::directory) {
        return {{}, "the way to " + path.parent_path().string() + " leads nowhere"};
    }
    return {steps.back().path, {}};
}

/// Name after name, through no link: the one that was looked at may be another by now.
base::descriptor open_without_links(std::filesystem::path const& directory) {
    constexpr int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
    base::descriptor now(::open("/", flags));
    for (auto const& name : directory.relative_path()) {
        if (!now.open() || name.empty()) {
            break;
        }
        now = base::descriptor(::openat(now.get(), name.c_str(), flags));
    }
    return now;
}

/// Why what stands under that name is not to be replaced.
std::string whose_else(int directory, char const* name, std::string_view mark) {
    struct stat facts{};
    if (::fstatat(directory, name, &facts, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT ? std::string() : words_of(errno);
    }
    if (!S_ISREG(facts.st_mode)) {
        return "what stands there is no regular file";
    }
    base::descriptor const file(
        ::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    std::string begin(mark.size(), '\0');
    auto const got = file.open() ? ::read(file.get(), begin.data(), begin.size()) : -1;
    begin.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return got == 0 || begin == mark
               ? std::string()
               : "what stands there was not written by this agent; if nobody needs it, remove it";
}

/// An errno, or 0.
int write_beside(int directory, std::string const& beside, std::string_view content) {
    ::unlinkat(directory, beside.c_str(), 0); // what a crash may have left
    constexpr mode_t mode = 0644;
    base::descriptor file(::openat(directory, beside.c_str(),
                                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!file.open()) {
        return errno;
    }
    if (int const error = base::with_mode(content, mode)(file.get()); error != 0) {
        return error;
    }
    return file.close() == 0 ? 0 : errno;
}

} // namespace

std::string replace_in_foreign_place(std::filesystem::path const& path, std::string_view content,
                                     std::string_view mark) {
    auto const fail = [&](std::string const& why) {
        return path.string() + " cannot be written: " + why;
    };
    auto const where = find_place(path);
    if (!where.problem.empty()) {
        return fail(where.problem);
    }
    auto const directory = open_without_links(where.directory);
    if (!directory.open()) {
        return fail(words_of(errno));
    }
    auto const name = path.filename().string();
    if (auto const problem = whose_else(directory.get(), name.c_str(), mark); !problem.empty()) {
        return fail(problem);
    }
    auto const beside = name + ".new";
    int error = write_beside(directory.get(), beside, content);
    if (error == 0 &&
        ::renameat(directory.get(), beside.c_str(), directory.get(), name.c_str()) != 0) {
        error = errno;
    }
    if (error != 0) {
        ::unlinkat(directory.get(), beside.c_str(), 0);
        return fail(words_for(error, where.directory));
    }
    return {};
}

} // namespace trafikito::agent::persistence
