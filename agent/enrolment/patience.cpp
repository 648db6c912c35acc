#include "agent/enrolment/patience.hpp"

#include "base/random.hpp"
#include "net/retry/retry_policy.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <utility>

namespace trafikito::agent::enrolment {

namespace asio = boost::asio;

namespace {

/// A thousand containers that were started together ask some 16 times a second then.
constexpr std::chrono::minutes longest_wait{2};
constexpr std::chrono::minutes longest_retry_after{10};

} // namespace

asio::awaitable<made_installation> enrol_patiently(plan const& what, files& prepared,
                                                   surroundings around, audience to, tell failed) {
    net::retry::retry_policy pace;
    pace.cap = longest_wait;
    pace.interval = longest_retry_after;
    std::mt19937 engine(base::random_source{}());
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (std::uint64_t tries = 0;; ++tries) {
        std::optional<refusal> refused;
        try {
            co_return co_await enrol(what, prepared, around.warden, around.names, to);
        } catch (refusal const& why) {
            refused = why;
        }
        if (refused->why == refusal::reason::api || refused->why == refusal::reason::request) {
            throw refusal(std::move(*refused));
        }
        failed(refused->what);
        timer.expires_after(pace.delay_after(tries, refused->retry_after, engine));
        co_await timer.async_wait(asio::use_awaitable);
    }
}

} // namespace trafikito::agent::enrolment
