#include "server/http/session.hpp"

#include "server/http/acceptor.hpp"
#include "server/http/address_group.hpp"
#include "server/http/exchange.hpp"
#include "server/http/proxy_header.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/ssl.hpp>
#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

namespace trafikito::server::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;
using boost::system::error_code;
using steady = std::chrono::steady_clock;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
// The most that is read ahead of what a request needs.
constexpr std::size_t max_buffer = 64UL * 1024;
// Of the first bytes: most of a ClientHello, and all of a usual PROXY header. A connection that
// says nothing holds as many.
constexpr std::size_t first_read = 512;
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
    : shared_(shared), id_(id), transport_(std::move(socket)), buffer_(max_buffer) {}

session::~session() = default;

beast::tcp_stream& session::transport() {
    return stream_ ? beast::get_lowest_layer(*stream_) : transport_;
}

void session::cut() {
    transport().close();
}

// TLS and its buffers are not made before somebody speaks and has a seat. Whoever leaves before, as
// the probes of balancers do, is nobody's concern.
asio::awaitable<void> session::run() {
    transport_.expires_after(shared_.settings.step_timeout);
    bool const spoke = co_await read_first_bytes();
    if (!spoke) {
        co_return;
    }
    shared_.admission.wait_for_seat(id_);
    bool const has_seat = co_await shared_.seat(id_);
    if (!has_seat) {
        if (!shared_.stopping) {
            shared_.strangers.note(base::severity::warning,
                                   "no seat for a connection in time: closed it",
                                   shared_.admission.address_of(id_), steady::now());
            shared_.serves.turned_away({turned_away::why::room,
                                        {},
                                        shared_.admission.address_of(id_),
                                        shared_.admission.peer_of(id_),
                                        "no seat for its connection in time"});
        }
        co_return;
    }
    bool const secured = co_await shake_hands();
    if (!secured) {
        co_return;
    }
    co_await exchange_all();
    co_await close();
}

asio::awaitable<bool> session::read_first_bytes() {
    error_code failed;
    auto const peer = transport_.socket().remote_endpoint(failed);
    bool const proxied = !failed && shared_.settings.proxies.trusts(peer.address());
    bool const some = co_await read_more_of(first_);
    if (!some || !proxied) {
        co_return some;
    }
    bool const named = co_await take_proxy_header();
    if (!named) {
        co_return false;
    }
    if (first_.empty()) { // the header came alone; a balancer's own probe ends here
        bool const more = co_await read_more_of(first_);
        co_return more;
    }
    co_return true;
}

asio::awaitable<bool> session::read_more_of(std::string& first) {
    auto const before = first.size();
    first.resize(before + first_read);
    auto done = co_await transport_.async_read_some(asio::buffer(first.data() + before, first_read),
                                                    as_result);
    auto& [failed, size] = done;
    first.resize(before + (failed ? 0 : size));
    co_return !failed && size != 0;
}

asio::awaitable<bool> session::take_proxy_header() {
    while (true) {
        auto const read = read_proxy_header(first_);
        if (auto const* const header = std::get_if<proxy_header>(&read)) {
            if (header->source) {
                auto const& from = *header->source;
                shared_.admission.rename(id_, name_of(from), address_group(from.address()));
            }
            first_.erase(0, header->size);
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
        bool const more = co_await read_more_of(first_);
        if (!more) {
            co_return false;
        }
    }
}

asio::awaitable<bool> session::shake_hands() {
    context_ = shared_.tls;
    stream_.emplace(std::move(transport_), *context_);
    transport().expires_after(shared_.settings.step_timeout);
    auto done = co_await stream_->async_handshake(asio::ssl::stream_base::server,
                                                  asio::buffer(first_), as_result);
    auto& [failed, used] = done;
    bool const whole = used == first_.size();
    std::string().swap(first_);
    if (failed && is_distrust(failed)) {
        shared_.serves.turned_away({turned_away::why::tls,
                                    {},
                                    shared_.admission.address_of(id_),
                                    shared_.admission.peer_of(id_),
                                    failed.message()});
    }
    co_return !failed && whole;
}

asio::awaitable<void> session::exchange_all() {
    // Whoever shows no key is not served for ever: time and requests are counted by connection.
    auto const let_go = shared_.admission.arrival_of(id_) + shared_.settings.unknown_time;
    exchange one(shared_, id_, *stream_, buffer_, idle_);
    for (std::size_t count = 1; !shared_.stopping; ++count) {
        bool const unknown = shared_.admission.sender_of(id_).empty();
        if (unknown && (steady::now() >= let_go || count > shared_.settings.unknown_requests)) {
            break;
        }
        bool const last = count == shared_.settings.unknown_requests;
        bool const again = co_await one.run(unknown ? std::optional(let_go) : std::nullopt, last);
        if (!again) {
            break;
        }
    }
}

// Says good-bye and takes in for a moment what is still on its way: closing with unread bytes would
// reset the connection, and the client might lose the answer.
asio::awaitable<void> session::close() {
    idle_ = true;
    shared_.admission.await(id_, steady::now());
    transport().expires_after(close_timeout);
    co_await stream_->async_shutdown(as_result);
    error_code ignored;
    transport().socket().shutdown(tcp::socket::shutdown_send, ignored);
    while (!shared_.stopping) {
        buffer_.clear();
        auto done = co_await transport().async_read_some(buffer_.prepare(16UL * 1024), as_result);
        auto& [failed, size] = done;
        if (failed) {
            break;
        }
    }
}

} // namespace trafikito::server::http
