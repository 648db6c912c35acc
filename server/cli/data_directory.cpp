#include "server/cli/data_directory.hpp"

#include "base/printable.hpp"

#include <stdexcept>

namespace trafikito::server::cli {

std::filesystem::path database_file(std::filesystem::path const& directory) {
    return directory / "trafikito.db";
}

store::store open_store(std::filesystem::path const& directory, store::access wanted) {
    std::error_code failed;
    if (!std::filesystem::is_directory(directory, failed)) {
        throw std::runtime_error("there is no data directory " + directory.string() +
                                 ": give --data the directory that `trafikito-server serve` uses");
    }
    auto const file = database_file(directory);
    if (!std::filesystem::exists(file, failed)) {
        throw std::runtime_error("there is no database in " + directory.string() +
                                 ": start `trafikito-server serve --data " + directory.string() +
                                 "` once, it makes one");
    }
    return {file, wanted, system_now};
}

store::server_row find_named_server(store::store& store, std::string const& id_or_name) {
    if (auto exact = store.find_server(id_or_name)) {
        return std::move(*exact);
    }
    std::optional<store::server_row> found;
    for (auto& candidate : store.servers()) {
        if (candidate.name == id_or_name) {
            if (found) {
                throw std::runtime_error("several servers are called " +
                                         base::for_line(id_or_name) +
                                         ": give the id (see `trafikito-server servers`)");
            }
            found = std::move(candidate);
        }
    }
    if (!found) {
        throw std::runtime_error("there is no server " + base::for_line(id_or_name) +
                                 ": `trafikito-server servers` lists them");
    }
    return std::move(*found);
}

base::wall_time system_now() {
    return std::chrono::system_clock::now();
}

} // namespace trafikito::server::cli
