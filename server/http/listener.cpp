#include "server/http/listener.hpp"

#include "base/spawn.hpp"
#include "server/http/acceptor.hpp"
#include "server/http/session.hpp"
#include "server/http/tls_settings.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <unordered_map>
#include <utility>

namespace trafikito::server::http {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using boost::system::error_code;
using steady = std::chrono::steady_clock;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
// After an error of accept (too many open files): long enough for something to be closed.
constexpr auto accept_pause = std::chrono::milliseconds(200);
// With too many connections: until one of them has had its time.
constexpr auto full_pause = std::chrono::milliseconds(100);

} // namespace

// Shared by the coroutines, so that it lives until the last of them has ended.
struct listener::state {
    struct connection;

    state(asio::any_io_executor const& executor, listener_settings const& settings, handler answer,
          base::log_sink log)
        : shared{.settings = settings,
                 .answer = std::move(answer),
                 .log = std::move(log),
                 .tls = server_tls(settings.certificate, settings.key),
                 .admission = admission({.max_connections = settings.max_connections,
                                         .max_bodies = settings.max_bodies,
                                         .least_patience = settings.least_patience}),
                 .cut = [this](connection_id id) { make_room(id); }},
          acceptor(open_acceptor(executor, settings.address, settings.port)),
          port(acceptor.local_endpoint().port()), wake(executor), last_call(executor) {}

    static asio::awaitable<void> accept(std::shared_ptr<state> self);
    static asio::awaitable<void> serve(std::unique_ptr<connection> here);
    static void stop(std::shared_ptr<state> const& self);
    static std::function<void(std::exception_ptr)> log_failure(std::shared_ptr<state> self);
    asio::awaitable<void> pause(steady::duration longest);
    void make_room(connection_id id);
    void cut_all(bool idle_only);

    session_context shared;
    tcp::acceptor acceptor;
    unsigned short port;
    asio::steady_timer wake; ///< a connection ended, or stop()
    asio::steady_timer last_call;
    std::unordered_map<connection_id, session*> sessions;
};

// A session among those of its listener, from its first moment to its last.
struct listener::state::connection {
    connection(std::shared_ptr<state> state, tcp::socket socket)
        : owner(std::move(state)), place{owner->shared.admission, name_of(socket)},
          served(owner->shared, place.id, std::move(socket)) {
        owner->sessions.emplace(place.id, &served);
    }
    ~connection() {
        owner->sessions.erase(place.id);
        owner->wake.cancel();
        if (owner->shared.stopping && owner->sessions.empty()) {
            owner->last_call.cancel();
        }
    }
    connection(connection const&) = delete;
    connection& operator=(connection const&) = delete;

    // By itself, so that it is given back also when a session cannot be made.
    struct admitted {
        admitted(http::admission& by, std::string peer)
            : admission(by), id(by.enter(std::move(peer), steady::now())) {}
        ~admitted() { admission.leave(id); }
        admitted(admitted const&) = delete;
        admitted& operator=(admitted const&) = delete;

        http::admission& admission;
        connection_id id;
    };

    std::shared_ptr<state> owner;
    admitted place;
    session served;
};

// The frame owns the connection: it ends with the coroutine, also when the context is destroyed
// under it.
asio::awaitable<void> listener::state::serve(std::unique_ptr<connection> here) {
    co_await here->served.run();
}

asio::awaitable<void> listener::state::accept(std::shared_ptr<state> self) {
    while (!self->shared.stopping) {
        auto const verdict = self->shared.admission.may_enter(steady::now());
        if (verdict.cut) {
            self->make_room(*verdict.cut);
        }
        if (!verdict.granted) {
            co_await self->pause(full_pause);
            continue;
        }
        auto done = co_await self->acceptor.async_accept(as_result);
        auto& [failed, socket] = done;
        if (failed == asio::error::connection_aborted || failed == asio::error::operation_aborted) {
            continue;
        }
        if (failed) {
            self->shared.log("cannot take a connection, trying again: " + failed.message());
            co_await self->pause(accept_pause);
            continue;
        }
        auto here = std::make_unique<connection>(self, std::move(socket));
        base::spawn(self->acceptor.get_executor(), serve(std::move(here)), log_failure(self));
    }
}

asio::awaitable<void> listener::state::pause(steady::duration longest) {
    wake.expires_after(longest);
    co_await wake.async_wait(as_result);
}

std::function<void(std::exception_ptr)> listener::state::log_failure(std::shared_ptr<state> self) {
    return [self = std::move(self)](std::exception_ptr failed) {
        try {
            if (failed) {
                std::rethrow_exception(failed);
            }
        } catch (std::exception const& failure) {
            self->shared.log(std::string("a connection failed: ") + failure.what());
        }
    };
}

void listener::state::make_room(connection_id id) {
    shared.log("no room for more: left " + shared.admission.peer_of(id) +
               ", which was silent for longest");
    sessions.at(id)->cut();
}

void listener::state::cut_all(bool idle_only) {
    for (auto const& [id, each] : sessions) {
        if (each->idle() || !idle_only) {
            each->cut();
        }
    }
}

void listener::state::stop(std::shared_ptr<state> const& self) {
    self->shared.stopping = true;
    error_code ignored;
    self->acceptor.close(ignored);
    self->wake.cancel();
    self->cut_all(true);
    if (!self->sessions.empty()) {
        self->last_call.expires_after(self->shared.settings.stop_timeout);
        self->last_call.async_wait([self](error_code const& failed) {
            if (!failed) {
                self->cut_all(false);
            }
        });
    }
}

listener::listener(asio::any_io_executor const& executor, listener_settings const& settings,
                   handler answer, base::log_sink log)
    : state_(std::make_shared<state>(executor, settings, std::move(answer), std::move(log))) {
    base::spawn(executor, state::accept(state_), state::log_failure(state_));
}

// Only memory could fail it, and then the program has to end.
// NOLINTNEXTLINE(bugprone-exception-escape)
listener::~listener() {
    state::stop(state_);
}

unsigned short listener::port() const {
    return state_->port;
}

void listener::stop() {
    state::stop(state_);
}

} // namespace trafikito::server::http
