#include "server/http/session.hpp"

#include "server/http/acceptor.hpp"
#include "server/http/address_group.hpp"
#include "server/http/exchange.hpp"
#include "server/http/proxy_header.hpp"

#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <variant>

namespace trafikito::server::http {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using boost::system::error_code;
using steady = std::chrono::steady_clock;

namespace {

// What is looked at of the first bytes at once: all of a usual PROXY header.
constexpr std::size_t first_look = 512;
// For the client's own good-bye.
constexpr auto close_timeout = std::chrono::seconds(2);

/// An alert by which a client says that our certificate is not what it believes. We ask for none of
/// its own, so that it can mean nothing else.
bool is_distrust(error_code const& failed) {
    if (failed.category() != asio::error::get_ssl_category()) {
        return false;
    }
    constexpr std::array alerts{SSL_R_TLSV1_ALERT_UNKNOWN_CA, SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
                                SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
                                SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN,
                                SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE};
    auto const reason = ERR_GET_REASON(static_cast<unsigned long>(failed.value()));
    return std::ranges::find(alerts, reason) != alerts.end();
}

} // namespace

session::session(session_context& shared, connection_id id, tcp::socket socket)
    : shared_(shared), id_(id), transport_(std::move(socket)) {}

session::~session() = default;

void session::cut() {
    transport_.close();
    if (streamed_) {
        streamed_->close();
    }
}

// TLS is not made before somebody speaks and has a seat: until then a connection is a socket and
// this object. Whoever leaves before, as the probes of balancers do, is nobody's concern.
asio::awaitable<void> session::run() {
    transport_.expires_after(shared_.settings.step_timeout);
    bool const spoke = co_await wait_for_first_bytes();
    if (!spoke) {
        co_return;
    }
    bool const has_seat = co_await wait_for_seat();
    if (!has_seat) {
        co_return;
    }
    bool const secured = co_await shake_hands();
    if (!secured) {
        co_return;
    }
    co_await exchange_all();
    co_await close();
}

asio::awaitable<bool> session::wait_for_first_bytes() {
    error_code failed;
    auto const peer = transport_.socket().remote_endpoint(failed);
    bool const proxied = !failed && shared_.settings.proxies.trusts(peer.address());
    if (proxied) {
        bool const named = co_await take_proxy_header();
        if (!named) {
            co_return false;
        }
    }
    std::array<char, 1> first{};
    while (true) {
        // Behind a header that came alone; a balancer's own probe ends here.
        auto const some = transport_.peek(first);
        if (some.failed || some.size != 0) {
            co_return !some.failed;
        }
        auto const ended = co_await transport_.wait_for_bytes();
        if (ended) {
            co_return false;
        }
    }
}

// What follows the header is left to TLS, where it lies.
asio::awaitable<bool> session::take_proxy_header() {
    std::string bytes;
    while (true) {
        auto const before = bytes.size();
        bytes.resize(before + first_look);
        auto const some = transport_.peek(std::span(bytes).subspan(before));
        bytes.resize(before + some.size);
        if (some.failed) {
            co_return false;
        }
        auto const read = read_proxy_header(bytes);
        if (auto const* const header = std::get_if<proxy_header>(&read)) {
            if (header->source) {
                auto const& from = *header->source;
                shared_.admission.rename(id_, name_of(from), address_group(from.address()));
            }
            transport_.take(header->size - before);
            co_return true;
        }
        if (auto const* const bad = std::get_if<bad_proxy_header>(&read)) {
            shared_.strangers.note(
                base::severity::warning,
                "closed a connection of a trusted proxy that does not begin with the PROXY "
                "protocol's version 2 (" +
                    bad->reason + ")",
                shared_.admission.address_of(id_), steady::now());
            co_return false;
        }
        transport_.take(some.size);
        auto const ended = co_await transport_.wait_for_bytes();
        if (ended) {
            co_return false;
        }
    }
}

asio::awaitable<bool> session::wait_for_seat() {
    shared_.admission.wait_for_seat(id_, steady::now());
    auto const got = co_await shared_.seat(id_);
    turned_away_ = got == place::told;
    if (got == place::none && !shared_.stopping) {
        shared_.strangers.note(base::severity::warning,
                               "no seat for a connection in time: closed it",
                               shared_.admission.address_of(id_), steady::now());
        shared_.serves.turned_away({turned_away::why::room,
                                    {},
                                    shared_.admission.address_of(id_),
                                    shared_.admission.peer_of(id_),
                                    "no seat for its connection in time"});
    }
    co_return got != place::none;
}

asio::awaitable<bool> session::shake_hands() {
    context_ = shared_.tls;
    transport_.expires_after(shared_.settings.step_timeout);
    auto const failed = co_await transport_.accept_tls(context_->native_handle());
    if (failed && is_distrust(failed)) {
        shared_.serves.turned_away({turned_away::why::tls,
                                    {},
                                    shared_.admission.address_of(id_),
                                    shared_.admission.peer_of(id_),
                                    failed.message()});
    }
    co_return !failed;
}

asio::awaitable<void> session::exchange_all() {
    for (std::size_t count = 1; !shared_.stopping; ++count) {
        // Whoever shows no key is not served for ever: time and requests are counted by connection.
        bool const unknown = shared_.admission.sender_of(id_).empty();
        if (unknown && count > shared_.settings.unknown_requests) {
            break;
        }
        bool const comes = co_await wait_for_request(unknown);
        if (!comes) {
            break;
        }
        exchange one(shared_, id_, transport_, rest_, idle_, streamed_);
        bool const last = count == shared_.settings.unknown_requests;
        bool const again = co_await one.run(last, turned_away_);
        if (!again) {
            break;
        }
    }
}

// As long as nothing comes, nothing is held for it.
asio::awaitable<bool> session::wait_for_request(bool unknown) {
    auto const now = steady::now();
    auto const let_go = shared_.admission.arrival_of(id_) + shared_.settings.unknown_time;
    if (unknown && now >= let_go) {
        co_return false;
    }
    idle_ = true;
    shared_.admission.await_request(id_, now);
    transport_.expires_at(unknown ? std::min(let_go, now + shared_.settings.step_timeout)
                                  : now + shared_.settings.idle_timeout);
    if (rest_.empty() && !transport_.has_bytes()) {
        std::string().swap(rest_);
        auto const ended = co_await transport_.wait_for_bytes();
        co_return !ended;
    }
    co_return true;
}

// Says good-bye and takes in for a moment what is still on its way: closing with unread bytes would
// reset the connection, and the client might lose the answer.
asio::awaitable<void> session::close() {
    idle_ = true;
    shared_.admission.await_close(id_, steady::now());
    transport_.expires_after(close_timeout);
    co_await transport_.say_good_bye();
    if (!shared_.stopping) {
        co_await transport_.drain(shared_.scratch);
    }
}

} // namespace trafikito::server::http
