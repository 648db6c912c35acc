// trafikito-server servers: who reports, from where, how old the data is, and what needs a look.
#include "base/ascii.hpp"
#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "base/units.hpp"
#include "base/utf8.hpp"
#include "server/api/available_list.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/lateness.hpp"
#include "server/cli/screen.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <map>
#include <ostream>

namespace trafikito::server::cli {

namespace {

using std::chrono::seconds;

/// What the columns and warnings are made of.
struct listed {
    std::vector<store::server_row> servers;
    base::wall_time now;
    std::uint64_t quota = 0; ///< bytes of one machine; 0: no bound
};

std::string last_data(store::server_row const& server, base::wall_time now) {
    auto const age = age_of(server, now);
    if (!age) {
        return "never";
    }
    return time_and_age(*server.last_data, now) + (is_late(server, now) ? ", late" : "");
}

std::string kept(store::server_row const& server, listed const& all) {
    auto const bytes =
        base::in_bytes(static_cast<std::uint64_t>(std::max<std::int64_t>(0, server.kept_bytes)));
    bool const bounded = all.quota != 0 && is_recent(server.quota_reached, all.now);
    return bounded ? bytes + " of " + base::in_bytes(all.quota) : bytes;
}

std::string or_dash(std::string const& text) {
    return text.empty() ? "-" : cell(text);
}

std::vector<std::string> to_row(store::server_row const& server, listed const& all) {
    auto const system = server.os.os + (server.os.release.empty() ? "" : " " + server.os.release);
    return {cell(server.id),
            cell(server.name),
            or_dash(system),
            or_dash(server.agent),
            or_dash(server.last_address),
            last_data(server, all.now),
            std::to_string(api::available_names(server.available).size()),
            kept(server, all)};
}

/// `web1 (srv-1)`, for a sentence.
std::string named(store::server_row const& server) {
    return cell(server.name) + " (" + cell(server.id) + ")";
}

std::string several_machines(store::server_row const& server) {
    return "two machines or more ask as " + named(server) + ", noticed " +
           base::count_of(static_cast<std::size_t>(server.several_machines_times), "time") +
           ", last at " + time_in_table(*server.several_machines) +
           ": one is a copy of the other (a cloned disk or image); enrol the copy anew with "
           "`trafikito-agent enroll`";
}

std::string quota_reached(store::server_row const& server, store::store& store) {
    auto const oldest = store.oldest_data(server.id);
    return named(server) + " sends more than is kept of one machine (`serve --machine-quota`): " +
           "its oldest reports give way to new ones, last at " +
           time_in_table(*server.quota_reached) +
           (oldest ? "; what is kept of it begins at " + time_in_table(*oldest) : "");
}

std::vector<std::string> same_names(std::vector<store::server_row> const& servers) {
    std::map<std::string, std::vector<std::string>> ids;
    for (auto const& server : servers) {
        ids[server.name].push_back(cell(server.id));
    }
    std::vector<std::string> warnings;
    for (auto const& [name, all] : ids) {
        if (all.size() > 1) {
            std::string list;
            for (auto const& id : all) {
                list += (list.empty() ? "" : ", ") + id;
            }
            warnings.push_back(std::to_string(all.size()) + " servers are called " + cell(name) +
                               " (" + list +
                               "): name them by their ids, or give one another name "
                               "with `trafikito-server servers rename`");
        }
    }
    return warnings;
}

/// Names that were given before they were refused.
std::vector<std::string> ids_as_names(std::vector<store::server_row> const& servers) {
    std::map<std::string, store::server_row const*> by_id;
    for (auto const& server : servers) {
        by_id.emplace(base::lower(server.id), &server);
    }
    std::vector<std::string> warnings;
    for (auto const& server : servers) {
        auto const other = by_id.find(base::lower(server.name));
        if (other != by_id.end() && other->second->id != server.id) {
            warnings.push_back("the server " + cell(server.id) +
                               " is called by the id of another, " + named(*other->second) +
                               ": give it another name with `trafikito-server servers rename`");
        }
    }
    return warnings;
}

void print_warnings(listed const& all, store::store& store, std::ostream& out) {
    auto const print = [&](std::string const& text) {
        out << '\n';
        print_folded(out, text, "    ", screen_width());
    };
    for (auto const& server : all.servers) {
        if (is_recent(server.several_machines, all.now)) {
            print(several_machines(server));
        }
        if (is_recent(server.quota_reached, all.now)) {
            print(quota_reached(server, store));
        }
    }
    for (auto const& text : same_names(all.servers)) {
        print(text);
    }
    for (auto const& text : ids_as_names(all.servers)) {
        print(text);
    }
}

void print_text(listed const& all, store::store& store, std::ostream& out) {
    if (all.servers.empty()) {
        out << "no servers yet: `trafikito-server enroll-command` prints the line for a new "
               "machine, "
               "`trafikito-server servers add` makes one by hand\n";
        return;
    }
    std::vector<std::vector<std::string>> rows{
        {"ID", "NAME", "OS", "AGENT", "ADDRESS", "LAST DATA", "COMMANDS", "KEPT"}};
    for (auto const& server : all.servers) {
        rows.push_back(to_row(server, all));
    }
    print_table(out, rows, screen_width());
    print_warnings(all, store, out);
}

// What machines say of themselves may be no UTF-8.
boost::json::string json_text(std::string const& text) {
    return {base::is_utf8(text) ? text : base::for_line(text, text.size())};
}

boost::json::value json_time(std::optional<base::wall_time> const& time) {
    return time ? boost::json::value(base::utc_time(*time)) : boost::json::value(nullptr);
}

boost::json::value json_seconds(std::optional<seconds> const& span) {
    return span ? boost::json::value(span->count()) : boost::json::value(nullptr);
}

boost::json::object to_json(store::server_row const& server, base::wall_time now) {
    boost::json::object object;
    object["id"] = json_text(server.id);
    object["name"] = json_text(server.name);
    object["os"] = json_text(server.os.os);
    object["osCodename"] = json_text(server.os.codename);
    object["osRelease"] = json_text(server.os.release);
    object["centosFlavor"] = json_text(server.os.centos_flavor);
    object["agent"] = json_text(server.agent);
    object["address"] = json_text(server.last_address);
    object["lastReport"] = json_time(server.last_report);
    object["lastData"] = json_time(server.last_data);
    object["age"] = json_seconds(age_of(server, now));
    object["interval"] = json_seconds(server.interval);
    object["late"] = nullptr;
    if (server.last_data) {
        object["late"] = is_late(server, now);
    }
    object["commands"] = api::available_names(server.available).size();
    object["keptBytes"] = server.kept_bytes;
    object["quotaReachedAt"] = json_time(server.quota_reached);
    object["severalMachines"] = json_time(server.several_machines);
    object["severalMachinesTimes"] = server.several_machines_times;
    return object;
}

} // namespace

int run(servers_options const& options, base::console& to) {
    auto store = open_store(options.data, store::access::read_only);
    listed const all{store.servers(), store.now(), store.machine_quota()};
    if (!options.json) {
        print_text(all, store, to.out);
        return 0;
    }
    boost::json::array list;
    for (auto const& server : all.servers) {
        list.push_back(to_json(server, all.now));
    }
    to.out << base::for_json(boost::json::serialize(list)) << '\n';
    return 0;
}

} // namespace trafikito::server::cli
