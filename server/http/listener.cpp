#include "server/http/listener.hpp"

#include "base/spawn.hpp"
#include "server/http/acceptor.hpp"
#include "server/http/address_group.hpp"
#include "server/http/session.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
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
// With too many connections or open files: until one of them has had its time, or ended.
constexpr auto full_pause = std::chrono::milliseconds(20);
constexpr auto incidents_pause = std::chrono::seconds(5);
constexpr int taken_at_once = 256;
constexpr char const* too_many_wait = "more connections come than can be answered: closed some";

admission_limits limits_in(listener_settings const& settings) {
    auto const room = fit_to_descriptors(settings);
    return {.max_seats = room.seats,
            .max_waiting = room.waiting,
            .max_bodies = settings.max_bodies,
            .patience_with_few = settings.patience_with_few,
            .patience_with_many = settings.patience_with_many,
            .patience_with_known = settings.patience_with_known};
}

struct who_comes {
    std::string peer;
    std::string address; ///< address_group() of it
};

who_comes peer_of(tcp::socket const& socket) {
    error_code failed;
    auto const peer = socket.remote_endpoint(failed); // gone already: of no address
    return failed ? who_comes{"a closed connection", ""}
                  : who_comes{name_of(peer), address_group(peer.address())};
}

} // namespace

// Shared by the coroutines, so that it lives until the last of them has ended.
struct listener::state {
    struct connection;

    state(asio::any_io_executor const& executor, listener_settings const& settings, tls_context tls,
          application& serves, base::log& log)
        : shared{.settings = settings,
                 .serves = serves,
                 .log = log,
                 .strangers = incidents(log),
                 .tls = std::move(tls),
                 .admission = admission(limits_in(settings)),
                 .load = {},
                 .cut = [this](connection_id id) { sessions.at(id)->cut(); },
                 .seat = [this](connection_id id) { return wait_for_seat(id); }},
          acceptor(open_acceptor(executor, settings.address, settings.port)),
          port(acceptor.local_endpoint().port()), wake(executor), last_call(executor),
          incidents_due(executor), seats_due(executor) {
        acceptor.non_blocking(true);
    }

    static asio::awaitable<void> accept(std::shared_ptr<state> self);
    static asio::awaitable<void> serve(std::unique_ptr<connection> here);
    static asio::awaitable<void> count_incidents(std::shared_ptr<state> self);
    static asio::awaitable<void> seat_those_who_wait(std::shared_ptr<state> self);
    static void take(std::shared_ptr<state> const& self, tcp::socket socket);
    static void take_more(std::shared_ptr<state> const& self);
    static void stop(std::shared_ptr<state> const& self);
    static std::function<void(std::exception_ptr)> log_failure(std::shared_ptr<state> self);
    asio::awaitable<void> pause(steady::duration longest);
    asio::awaitable<place> wait_for_seat(connection_id id);
    bool fill_seats();
    void give_up_a_silent_one();
    void make_room(connection_id id, char const* why);
    void cut_all(bool idle_only);

    session_context shared;
    tcp::acceptor acceptor;
    unsigned short port;
    asio::steady_timer wake; ///< a connection ended, or stop()
    asio::steady_timer last_call;
    asio::steady_timer incidents_due;
    asio::steady_timer seats_due; ///< those who wait for one are looked at again
    std::unordered_map<connection_id, session*> sessions;
    std::unordered_map<connection_id, asio::steady_timer*> standing; ///< who waits for a seat
    steady::time_point full_until; ///< before that no seat will be found; not set: there are some
};

// A session among those of its listener, from its first moment to its last.
struct listener::state::connection {
    connection(std::shared_ptr<state> state, tcp::socket socket, who_comes from)
        : owner(std::move(state)), place{owner->shared.admission, std::move(from)},
          served(owner->shared, place.id, std::move(socket)) {
        owner->sessions.emplace(place.id, &served);
    }
    ~connection() {
        owner->sessions.erase(place.id);
        owner->full_until = {};
        owner->wake.cancel();
        if (!owner->standing.empty()) {
            owner->seats_due.cancel();
        }
        if (owner->shared.stopping && owner->sessions.empty()) {
            owner->last_call.cancel();
        }
    }
    connection(connection const&) = delete;
    connection& operator=(connection const&) = delete;

    // By itself, so that it is given back also when a session cannot be made.
    struct admitted {
        admitted(http::admission& by, who_comes from)
            : admission(by),
              id(by.enter(std::move(from.peer), std::move(from.address), steady::now())) {}
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
        auto const verdict = self->shared.admission.may_enter();
        if (verdict.cut) {
            self->make_room(*verdict.cut, "too many connections: closed one that had said nothing");
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
            self->shared.strangers.note(
                base::severity::warning,
                "cannot take a connection, trying again: " + failed.message(), "", steady::now());
            self->give_up_a_silent_one();
            co_await self->pause(full_pause);
            continue;
        }
        take(self, std::move(socket));
        take_more(self);
    }
}

void listener::state::take(std::shared_ptr<state> const& self, tcp::socket socket) {
    auto from = peer_of(socket);
    auto const verdict = self->shared.admission.may_wait(from.address, steady::now());
    if (verdict.cut) {
        self->make_room(*verdict.cut, too_many_wait);
    }
    if (!verdict.granted) { // at once and for next to nothing, which leaves time for the others
        self->shared.strangers.note(base::severity::warning, too_many_wait, from.address,
                                    steady::now());
        return;
    }
    auto here = std::make_unique<connection>(self, std::move(socket), std::move(from));
    base::spawn(self->acceptor.get_executor(), serve(std::move(here)), log_failure(self));
}

// One at a time would leave them to the kernel while the thread has much to do, where nobody sees
// them and nobody tells them to come later.
void listener::state::take_more(std::shared_ptr<state> const& self) {
    for (int i = 0; i < taken_at_once && !self->shared.stopping; ++i) {
        if (!self->shared.admission.has_room()) {
            return;
        }
        tcp::socket next(self->acceptor.get_executor());
        error_code failed;
        self->acceptor.accept(next, failed);
        if (failed) {
            return; // nobody is there, or what it is shows when the next is waited for
        }
        take(self, std::move(next));
    }
}

asio::awaitable<void> listener::state::pause(steady::duration longest) {
    wake.expires_after(longest);
    co_await wake.async_wait(as_result);
}

asio::awaitable<void> listener::state::count_incidents(std::shared_ptr<state> self) {
    while (!self->shared.stopping) {
        self->incidents_due.expires_after(incidents_pause);
        co_await self->incidents_due.async_wait(as_result);
        self->shared.strangers.tick(steady::now());
    }
}

// Seats go to whoever is most entitled, not to whoever asks. Where there are seats, and one that
// waits has none yet, others came first for too long.
asio::awaitable<place> listener::state::wait_for_seat(connection_id id) {
    asio::steady_timer turn(acceptor.get_executor(), overload::patience);
    struct stand {
        state& at;
        connection_id id;
        stand(state& here, connection_id who, asio::steady_timer& timer) : at(here), id(who) {
            at.standing.emplace(id, &timer);
        }
        ~stand() { at.standing.erase(id); }
        stand(stand const&) = delete;
        stand& operator=(stand const&) = delete;
    };
    stand const here(*this, id, turn);
    seats_due.cancel();
    co_await turn.async_wait(as_result);
    bool const full = full_until != steady::time_point();
    if (full && shared.admission.waits(id) && !shared.stopping) {
        turn.expires_after(shared.settings.seat_timeout);
        co_await turn.async_wait(as_result);
    }
    if (shared.stopping) {
        co_return place::none;
    }
    if (shared.admission.seated(id)) {
        co_return place::served;
    }
    bool const told = shared.load.tells_one() && shared.admission.seat(id, steady::now());
    co_return told ? place::told : place::none;
}

asio::awaitable<void> listener::state::seat_those_who_wait(std::shared_ptr<state> self) {
    while (!self->shared.stopping) {
        if (self->standing.empty()) {
            self->seats_due.expires_at(steady::time_point::max());
        } else if (self->fill_seats()) {
            co_await asio::post(self->acceptor.get_executor(), as_result); // a turn
            continue;
        } else {
            self->seats_due.expires_after(full_pause);
        }
        co_await self->seats_due.async_wait(as_result);
    }
}

// A few at once; true when others may have their seats in the next turn.
bool listener::state::fill_seats() {
    auto const now = steady::now();
    if (now < full_until) {
        return false;
    }
    full_until = {};
    for (int i = 0; i < overload::begin_at_once; ++i) {
        auto const next = shared.admission.seat_one(now);
        if (!next) {
            if (shared.admission.somebody_waits()) {
                full_until = now + full_pause / 2;
            }
            return false;
        }
        if (next->cut) {
            make_room(*next->cut, "no seat for more connections: closed one that gave way");
        }
        shared.load.began();
        if (auto const who = standing.find(next->seated); who != standing.end()) {
            who->second->cancel();
        }
    }
    return true;
}

std::function<void(std::exception_ptr)> listener::state::log_failure(std::shared_ptr<state> self) {
    return [self = std::move(self)](std::exception_ptr failed) {
        try {
            if (failed) {
                std::rethrow_exception(failed);
            }
        } catch (std::exception const& failure) {
            self->shared.log.error(std::string("a connection failed: ") + failure.what());
        }
    };
}

void listener::state::give_up_a_silent_one() {
    if (auto const id = shared.admission.cut_silent()) {
        make_room(*id, "too many open files: closed a connection that had said nothing");
    }
}

void listener::state::make_room(connection_id id, char const* why) {
    shared.strangers.note(base::severity::warning, why, shared.admission.address_of(id),
                          steady::now());
    sessions.at(id)->cut();
    if (auto const who = standing.find(id); who != standing.end()) {
        who->second->cancel();
    }
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
    self->incidents_due.cancel();
    self->seats_due.cancel();
    for (auto const& [id, turn] : self->standing) {
        turn->cancel();
    }
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
                   tls_context tls, application& serves, base::log& log)
    : state_(std::make_shared<state>(executor, settings, std::move(tls), serves, log)) {
    say_what_fits(settings, log);
    base::spawn(executor, state::accept(state_), state::log_failure(state_));
    base::spawn(executor, state::count_incidents(state_), state::log_failure(state_));
    base::spawn(executor, state::seat_those_who_wait(state_), state::log_failure(state_));
}

// Only memory could fail it, and then the program has to end.
// NOLINTNEXTLINE(bugprone-exception-escape)
listener::~listener() {
    state::stop(state_);
}

unsigned short listener::port() const {
    return state_->port;
}

void listener::use(tls_context tls) {
    state_->shared.tls = std::move(tls);
}

void listener::set_max_connections(std::size_t limit) {
    auto& settings = state_->shared.settings;
    settings.max_connections = limit;
    auto const room = fit_to_descriptors(settings);
    state_->shared.admission.set_room(room.seats, room.waiting);
    say_what_fits(settings, state_->shared.log);
}

std::size_t listener::connections() const {
    return state_->sessions.size();
}

void listener::stop() {
    state::stop(state_);
}

} // namespace trafikito::server::http
