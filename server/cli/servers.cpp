// trafikito-server servers, and servers add.
#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "server/api/available_list.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"
#include "server/security/credentials.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <ostream>
#include <stdexcept>

namespace trafikito::server::cli {

namespace {

using row = std::array<std::string, 5>;

row to_row(store::server_row const& server) {
    auto const system = server.os.os + (server.os.release.empty() ? "" : " " + server.os.release);
    return {base::for_line(server.id), base::for_line(server.name),
            system.empty() ? "-" : base::for_line(system),
            server.last_data ? base::local_time(*server.last_data) : "never",
            std::to_string(api::available_names(server.available).size())};
}

void print_table(std::vector<row> const& rows, std::ostream& out) {
    row::value_type line;
    std::array<std::size_t, 5> widths{};
    for (auto const& each : rows) {
        for (std::size_t column = 0; column < each.size(); ++column) {
            widths.at(column) = std::max(widths.at(column), each.at(column).size());
        }
    }
    for (auto const& each : rows) {
        line.clear();
        for (std::size_t column = 0; column < each.size(); ++column) {
            line += each.at(column);
            bool const last = column + 1 == each.size();
            line.append(last ? 0 : widths.at(column) - each.at(column).size() + 2, ' ');
        }
        out << line << '\n';
    }
}

/// Whether the API noticed lately that more than one machine asks: it notes that anew each 10
/// minutes as long as it lasts.
bool has_several_machines(store::server_row const& server, base::wall_time now) {
    return server.several_machines && now - *server.several_machines < std::chrono::hours(1);
}

void print_warnings(std::vector<store::server_row> const& servers, base::wall_time now,
                    std::ostream& out) {
    for (auto const& server : servers) {
        if (has_several_machines(server, now)) {
            out << "\ntwo machines or more ask as " << base::for_line(server.id) << " ("
                << base::for_line(server.name) << "), noticed last at "
                << base::local_time(*server.several_machines)
                << ": one is a copy of the other (a cloned disk or image); enrol the copy "
                   "anew with `trafikito-agent enroll`\n";
        }
    }
}

boost::json::object to_json(store::server_row const& server) {
    boost::json::object object;
    object["id"] = server.id;
    object["name"] = server.name;
    object["os"] = server.os.os;
    object["osCodename"] = server.os.codename;
    object["osRelease"] = server.os.release;
    object["centosFlavor"] = server.os.centos_flavor;
    object["lastReport"] = nullptr;
    if (server.last_report) {
        object["lastReport"] = base::utc_time(*server.last_report);
    }
    object["lastData"] = nullptr;
    if (server.last_data) {
        object["lastData"] = base::utc_time(*server.last_data);
    }
    object["severalMachines"] = nullptr;
    if (server.several_machines) {
        object["severalMachines"] = base::utc_time(*server.several_machines);
    }
    object["commands"] = api::available_names(server.available).size();
    return object;
}

std::string key_for(add_server_options const& options) {
    if (!options.api_key_file) {
        return security::random_key();
    }
    if (*options.api_key_file == "-") {
        std::string line;
        std::getline(std::cin, line);
        return security::checked_key(line, "standard input");
    }
    return security::read_key_file(*options.api_key_file);
}

} // namespace

int run(servers_options const& options, base::console& to) {
    std::ostream& out = to.out;
    auto store = open_store(options.data, store::access::read_only);
    auto const servers = store.servers();
    if (options.json) {
        boost::json::array list;
        for (auto const& server : servers) {
            list.push_back(to_json(server));
        }
        out << base::for_json(boost::json::serialize(list)) << '\n';
        return 0;
    }
    if (servers.empty()) {
        out << "no servers yet: enrol one with `trafikito-agent enroll`, or add one with "
               "`trafikito-server servers add`\n";
        return 0;
    }
    std::vector<row> rows{{"ID", "NAME", "OS", "LAST DATA", "COMMANDS"}};
    std::ranges::transform(servers, std::back_inserter(rows), to_row);
    print_table(rows, out);
    print_warnings(servers, store.now(), out);
    return 0;
}

int run(add_server_options const& options, base::console& to) {
    auto store = open_store(options.data, store::access::read_write);
    auto const id = options.server_id.value_or(security::random_uuid());
    auto const key = key_for(options);
    auto const digest = security::sha256(key);
    auto const in_use = [&] {
        return std::runtime_error("the server id " + base::for_line(id, 200) +
                                  " or its key is in use already: choose another");
    };
    if (store.find_server(id) || store.find_server_by_key(digest)) {
        throw in_use();
    }
    to.out << "server_id = " << id << '\n';
    // A key that was handed in is known; the one made here can be seen this once and never again.
    // So there is no server before its key is printed.
    if (!options.api_key_file) {
        to.out << "api_key = " << key << '\n';
    }
    if (to.out.finish() != 0) {
        return 1;
    }
    if (!store.add_server(id, options.name, digest)) {
        throw in_use();
    }
    return 0;
}

} // namespace trafikito::server::cli
