#include "server/cli/house.hpp"

#include "base/shell_quoting.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/way_here.hpp"
#include "server/security/data_file.hpp"
#include "server/security/directory_lock.hpp"

#include <sys/statvfs.h>

#include <limits>
#include <stdexcept>

namespace trafikito::server::cli {

namespace {

/// A server that is busy answers later than others, and still at once.
constexpr std::chrono::seconds longest_ping{5};

} // namespace

std::optional<disk_room> room_of(std::filesystem::path const& path) {
    struct statvfs found{};
    if (::statvfs(path.c_str(), &found) != 0) {
        return std::nullopt;
    }
    bool const counts = found.f_files != 0;
    return disk_room{static_cast<std::uintmax_t>(found.f_bavail) * found.f_frsize,
                     counts ? static_cast<std::uintmax_t>(found.f_favail)
                            : std::numeric_limits<std::uintmax_t>::max()};
}

house look_at_house(std::filesystem::path const& data) {
    house found;
    found.data = data;
    found.served_by = security::server_of(data);
    found.room = room_of(data);
    if (found.served_by && *found.served_by != 0) {
        found.pulse = feel_pulse(*found.served_by, longest_ping);
        found.lost = deleted_files(*found.served_by, database_file(data));
    }
    try {
        if (auto const text = security::read_file_if_there(serving_file(data))) {
            auto const way = way_in(*text);
            found.url = way ? way->url : "";
            found.believed = way && way->believed;
        }
    } catch (std::runtime_error const&) { // where it is found is not known then
        found.url.clear();
    }
    return found;
}

std::string how_to_start(std::filesystem::path const& data) {
    if (data == usual_data_directory) {
        return "systemctl start trafikito-server";
    }
    return "trafikito-server serve --data " + base::shell_quoted(data.string());
}

} // namespace trafikito::server::cli
