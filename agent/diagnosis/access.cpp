#include "agent/diagnosis/access.hpp"

#include <unistd.h>

#include <system_error>

namespace trafikito::agent::diagnosis {

namespace fs = std::filesystem;

std::string in_words(obstacle const& stopped, int mode) {
    auto const* const what = stopped.missing()    ? " is not there"
                             : stopped.on_the_way ? " cannot be entered"
                             : (mode & W_OK) != 0 ? " cannot be written"
                             : (mode & R_OK) != 0 ? " cannot be read"
                                                  : " cannot be entered";
    return stopped.at.string() + what +
           (stopped.missing() ? "" : " (" + std::generic_category().message(stopped.error) + ")");
}

std::optional<obstacle> find_obstacle_to_writing(fs::path const& path) {
    auto stopped = find_obstacle(path, W_OK);
    if (stopped && !stopped->on_the_way && stopped->missing()) {
        return find_obstacle(path.parent_path(), W_OK | X_OK);
    }
    return stopped;
}

} // namespace trafikito::agent::diagnosis
