// trafikito-server order: shows or sets what a server is asked to run.
#include "base/printable.hpp"
#include "server/api/available_list.hpp"
#include "server/api/next_order.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"

#include <algorithm>
#include <ostream>

namespace trafikito::server::cli {

namespace {

bool changes(order_options const& options) {
    return options.all || options.none || !options.names.empty() || options.delay;
}

void change(store::store& store, store::server_row const& server, order_options const& options) {
    if (options.all) {
        store.set_wanted(server.id, std::nullopt);
    } else if (options.none || !options.names.empty()) {
        store.set_wanted(server.id, options.names);
    }
    if (options.delay) {
        store.set_delay(server.id, *options.delay);
    }
}

void show(store::server_row const& server, std::ostream& out) {
    auto const offered = api::available_names(server.available);
    auto const order = api::next_order(server);
    out << base::for_line(server.name) << " is asked to run "
        << (server.wanted ? (order.names.empty() ? "nothing" : "these commands")
                          : "all commands that its list offers");
    if (order.delay.count() != 0) {
        out << ", " << order.delay.count() << " s later than due";
    }
    out << (order.names.empty() ? "\n" : ":\n");
    for (auto const& name : order.names) {
        bool const known = std::ranges::find(offered, name) != offered.end();
        out << "  " << name << (known ? "" : "  (not in its list: it will not be run)") << '\n';
    }
}

} // namespace

int run(order_options const& options, base::console& to) {
    auto store = open_store(options.data, changes(options) ? store::access::read_write
                                                           : store::access::read_only);
    auto const server = find_named_server(store, options.server);
    change(store, server, options);
    show(find_named_server(store, server.id), to.out);
    return 0;
}

} // namespace trafikito::server::cli
