#include "agent/inspection/access.hpp"

#include "agent/daemon/eyes.hpp"
#include "base/shell_quoting.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace trafikito::agent::inspection {

namespace fs = std::filesystem;

namespace {

std::string mode_of(fs::path const& path) {
    struct stat facts{};
    if (::stat(path.c_str(), &facts) != 0) {
        return {};
    }
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(facts.st_mode & 07777U));
    return std::string(" (mode ") + text.data() + ")";
}

std::string_view verb_of(int mode) {
    if ((mode & W_OK) != 0) {
        return "write to";
    }
    return (mode & X_OK) != 0 ? "run" : "read";
}

} // namespace

bool obstacle::missing() const {
    return error == ENOENT;
}

std::string obstacle::in_words(onlooker const& who, int mode) const {
    if (missing()) {
        return "there is no " + at.string();
    }
    if (error == ENOTDIR) {
        return at.string() + " is no folder";
    }
    if (error == EROFS) {
        return at.string() + " is on a read-only file system";
    }
    if (error == EACCES && on_the_way) {
        return "the folder " + at.string() + " does not let user " + who.name + " through" +
               mode_of(at);
    }
    if (error == EACCES) {
        return "user " + who.name + " may not " + std::string(verb_of(mode)) + " " + at.string() +
               mode_of(at);
    }
    return at.string() + ": " + std::generic_category().message(error);
}

std::optional<obstacle> find_obstacle(fs::path const& file, int mode) {
    fs::path folder;
    for (auto const& step : file.parent_path()) {
        folder /= step;
        int const error = daemon::may(folder, X_OK);
        if (error != 0) {
            return obstacle{folder, error, true};
        }
        std::error_code failed;
        if (!fs::is_directory(folder, failed)) {
            return obstacle{folder, ENOTDIR, true};
        }
    }
    int const error = daemon::may(file, mode);
    return error == 0 ? std::nullopt : std::optional(obstacle{file, error, false});
}

std::string opening_command(obstacle const& what, onlooker const& who, int mode, bool secret) {
    auto const path = base::shell_quoted(what.at.string());
    if (what.on_the_way) {
        return "chmod o+x " + path;
    }
    if ((mode & W_OK) != 0) {
        return "chown " + who.name + " " + path;
    }
    std::string const right = (mode & X_OK) != 0 ? "rx" : "r";
    return secret ? "chgrp " + base::shell_quoted(who.group) + " " + path + " && chmod g+" + right +
                        " " + path
                  : "chmod o+" + right + " " + path;
}

std::optional<obstacle> find_obstacle_to_making(fs::path const& file) {
    return find_obstacle(file.parent_path(), W_OK | X_OK);
}

} // namespace trafikito::agent::inspection
