#include "agent/diagnosis/access.hpp"

#include "agent/daemon/eyes.hpp"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace trafikito::agent::diagnosis {

namespace fs = std::filesystem;

std::string obstacle::in_words(int mode) const {
    auto const* const what = error == ENOENT      ? " is not there"
                             : above              ? " cannot be entered"
                             : (mode & W_OK) != 0 ? " cannot be written"
                             : (mode & R_OK) != 0 ? " cannot be read"
                                                  : " cannot be entered";
    return at.string() + what +
           (error == ENOENT ? "" : " (" + std::generic_category().message(error) + ")");
}

std::optional<obstacle> find_obstacle(fs::path const& path, int mode) {
    fs::path way;
    for (auto const& part : path.parent_path()) {
        way /= part;
        if (int const error = daemon::may(way, X_OK); error != 0) {
            return obstacle{way, error, true};
        }
    }
    int const error = daemon::may(path, mode);
    return error == 0 ? std::nullopt : std::optional(obstacle{path, error, false});
}

std::optional<obstacle> find_obstacle_to_writing(fs::path const& path) {
    auto stopped = find_obstacle(path, W_OK);
    if (stopped && !stopped->above && stopped->error == ENOENT) {
        return find_obstacle(path.parent_path(), W_OK | X_OK);
    }
    return stopped;
}

} // namespace trafikito::agent::diagnosis
