// What people and programs are shown while serve serves: out of a store of its own, so that nobody
// who reports waits for who reads.
#include "server/cli/hosting.hpp"

#include "server/cli/data_directory.hpp"

#include <utility>

namespace trafikito::server::cli {

hosting::readers::readers(hosting& of, std::unique_ptr<store::store> opened)
    : kept(std::move(opened)), thread(of.context_.get_executor(), *kept),
      shows({.serving = of.context_.get_executor(),
             .writes = of.store_,
             .reads = thread,
             .now = system_now,
             .log = of.log_,
             .servers_changed = [&api = of.api_] { api.servers_changed(); }},
            of.api_) {}

http::application& hosting::served() {
    return readers_ ? readers_->shows.application() : api_;
}

people::server_state hosting::state_of_server() {
    people::server_state state;
    state.figures = [this] {
        auto const counted = api_.counted();
        return people::server_figures{counted.reports, counted.refused, listener_->connections(),
                                      store_.waiting(), readers_->thread.waiting()};
    };
    state.has_servers = [this] { return api_.knows_servers(); };
    state.is_stopping = [this] { return stopping_; };
    return state;
}

void hosting::take(offer const& made) {
    api_.use(made.files);
    if (readers_) {
        auto const& way = made.way;
        readers_->shows.use(
            {{way.url, way.believed ? "" : way.pin, way.authority, way.names}, made.files});
    }
}

} // namespace trafikito::server::cli
