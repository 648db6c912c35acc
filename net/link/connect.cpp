#include "net/link/connect.hpp"

#include "net/link/error_text.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include <netinet/tcp.h>

namespace trafikito::net::link {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

std::string text_of(tcp::endpoint const& address) {
    auto const text = address.address().to_string();
    return (address.address().is_v6() ? '[' + text + ']' : text) + ':' +
           std::to_string(address.port());
}

/// One without a network of that family says nothing about the peer.
bool is_local(error_code error) {
    return error == asio::error::network_unreachable ||
           error == asio::error::address_family_not_supported ||
           error == boost::system::errc::address_not_available;
}

void set_options(tcp::socket& socket) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    using integer = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPIDLE>;
    using unacknowledged = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;
    socket.set_option(integer(30), ignored);
    socket.set_option(unacknowledged(15'000), ignored);
}

/// The attempts that run at the same time. Their handlers share it with the coroutine: it may be
/// gone before a cancelled handler runs.
struct race {
    struct attempt {
        tcp::socket socket;
        std::optional<error_code> ended;
    };

    explicit race(asio::any_io_executor const& executor) : changed(executor) {}

    std::deque<attempt> attempts; // stable addresses
    asio::steady_timer changed;   ///< expires when the next attempt is due; is cancelled by news
};

void start(std::shared_ptr<race> const& all, asio::any_io_executor const& executor,
           tcp::endpoint const& address) {
    auto& one = all->attempts.emplace_back(race::attempt{tcp::socket(executor), std::nullopt});
    one.socket.async_connect(address, [all, &one](error_code error) {
        one.ended = error;
        all->changed.cancel();
    });
}

/// Closes what did not win, whichever way the coroutine ends.
class closing {
public:
    explicit closing(std::shared_ptr<race> all) : all_(std::move(all)) {}
    ~closing() {
        error_code ignored;
        for (auto& one : all_->attempts) {
            one.socket.close(ignored);
        }
    }
    closing(closing const&) = delete;
    closing& operator=(closing const&) = delete;

private:
    std::shared_ptr<race> all_;
};

} // namespace

addresses interleave(addresses const& found) {
    addresses turn[2];
    for (auto const& one : found) {
        bool const same = one.address().is_v6() == found.front().address().is_v6();
        turn[same ? 0 : 1].push_back(one);
    }
    addresses mixed;
    for (std::size_t i = 0; i < found.size(); ++i) {
        for (auto const& family : turn) {
            if (i < family.size() && mixed.size() < max_addresses) {
                mixed.push_back(family[i]);
            }
        }
    }
    return mixed;
}

asio::awaitable<connected> connect_first(asio::any_io_executor executor, addresses found,
                                         std::function<void(std::string_view)> const& log) {
    auto const say = [&](std::string const& line) {
        if (log) {
            log(line);
        }
    };
    auto const order = interleave(found);
    auto const all = std::make_shared<race>(executor);
    closing const in_the_end(all);
    std::size_t running = 0;
    std::vector<bool> told(order.size(), false);
    connected result{asio::error::host_not_found, tcp::socket(executor)};
    bool due = true;
    for (;;) {
        if (all->attempts.size() < order.size() && (due || running == 0)) {
            start(all, executor, order[all->attempts.size()]);
            all->changed.expires_after(connection_attempt_delay);
            ++running;
        } else if (running == 0) {
            co_return std::move(result);
        }
        if (all->attempts.size() == order.size()) {
            all->changed.expires_at(asio::steady_timer::time_point::max());
        }
        auto const done = co_await all->changed.async_wait(asio::as_tuple(asio::use_awaitable));
        auto const& [waited] = done;
        auto const state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none) {
            result.error = asio::error::operation_aborted;
            co_return std::move(result);
        }
        due = !waited;
        for (std::size_t i = 0; i < all->attempts.size(); ++i) {
            auto& one = all->attempts[i];
            if (!one.ended || told[i]) {
                continue;
            }
            told[i] = true;
            --running;
            if (!*one.ended) {
                set_options(one.socket);
                say("connected to " + text_of(order[i]));
                result.error = {};
                result.socket = std::move(one.socket);
                co_return std::move(result);
            }
            due = true;
            say("no connection to " + text_of(order[i]) + ": " + explain(*one.ended).what);
            if (!is_local(*one.ended) || result.error == asio::error::host_not_found) {
                result.error = *one.ended;
            }
        }
    }
}

} // namespace trafikito::net::link
