#include "exec/room.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace trafikito::exec {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using clock = std::chrono::steady_clock;

namespace {

constexpr milliseconds first_pause{50};
constexpr milliseconds longest_pause{500};

asio::awaitable<bool> is_cancelled() {
    auto const state = co_await asio::this_coro::cancellation_state;
    co_return state.cancelled() != asio::cancellation_type::none;
}

} // namespace

room::room(asio::any_io_executor const& executor, std::size_t at_once, time_point until)
    : places_(std::max<std::size_t>(at_once, 1)), until_(until), freed_(executor, until),
      pause_timer_(executor), next_pause_(first_pause) {}

asio::awaitable<void> room::enter() {
    while (taken_ >= places_ && clock::now() < until_) {
        bool const cancelled = co_await is_cancelled();
        if (cancelled) {
            break;
        }
        boost::system::error_code ignored;
        co_await freed_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    ++taken_;
}

void room::leave() {
    --taken_;
    freed_.cancel();
}

void room::sufficed() {
    give_up_at_.reset();
    next_pause_ = first_pause;
}

asio::awaitable<bool> room::lacked() {
    auto const others = taken_ - 1;
    places_ = std::max<std::size_t>(others / 2, 1);
    if (others > 0) {
        co_return true; // enter() waits for them
    }
    co_return co_await pause();
}

asio::awaitable<bool> room::pause() {
    auto const now = clock::now();
    if (!give_up_at_) {
        give_up_at_ = std::min(now + room_patience, until_);
    }
    if (now >= *give_up_at_) {
        co_return false;
    }
    pause_timer_.expires_at(std::min(now + next_pause_, *give_up_at_));
    next_pause_ = std::min(next_pause_ * 2, longest_pause);
    boost::system::error_code ignored;
    co_await pause_timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_return true;
}

} // namespace trafikito::exec
