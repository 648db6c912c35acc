// trafikito-server order: shows or sets what a server is asked to run.
#include "server/api/next_order.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/order_change.hpp"
#include "server/cli/screen.hpp"

#include <algorithm>
#include <ostream>

namespace trafikito::server::cli {

namespace {

bool changes_commands(order_options const& options) {
    return options.all || options.none || !options.names.empty() || !options.added.empty() ||
           !options.removed.empty();
}

void change(store::store& store, store::server_row const& server, order_options const& options) {
    if (changes_commands(options)) {
        store.set_wanted(server.id, changed_order(server, options));
    }
    if (options.delay) {
        store.set_delay(server.id, *options.delay);
    }
}

void show(store::server_row const& server, std::ostream& out) {
    auto const offered = known_list(server);
    auto const order = api::next_order(server);
    out << cell(server.name, 200) << " is asked to run "
        << (server.wanted ? (order.names.empty() ? "nothing" : "these commands")
                          : "all commands that its list offers");
    if (order.delay.count() != 0) {
        out << ", " << order.delay.count() << " s later than due";
    }
    out << (order.names.empty() ? "\n" : ":\n");
    for (auto const& name : order.names) {
        bool const known = offered.empty() || std::ranges::find(offered, name) != offered.end();
        out << "  " << name
            << (known ? "" : "  not in its list: it will not be run" + nearest_words(name, offered))
            << '\n';
    }
}

/// What is not to be seen in the order itself.
void say_more(store::server_row const& before, store::server_row const& now, std::ostream& err) {
    if (now.wanted && !now.wanted->empty() && known_list(now).empty()) {
        err << "which commands it has is not known before its first report; names that it does not "
               "have will not be run\n";
    }
    if (!before.wanted && now.wanted && !now.wanted->empty()) {
        err << "from now on commands that are added to its list are not run by themselves; --all "
               "brings that back\n";
    }
}

} // namespace

int run(order_options const& options, base::console& to) {
    auto store = open_store(options.data, changes_commands(options) || options.delay
                                              ? store::access::read_write
                                              : store::access::read_only);
    auto const server = find_named_server(store, options.server);
    change(store, server, options);
    auto const now = find_named_server(store, server.id);
    show(now, to.out);
    say_more(server, now, to.err);
    return 0;
}

} // namespace trafikito::server::cli
