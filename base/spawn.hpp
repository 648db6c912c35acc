#pragma once
// Starts a coroutine that may be cancelled at any time. Every room starts its coroutines so, and
// none by asio::co_spawn() itself.
//
// What is spawned can be cancelled before its first step. Then Asio never calls it, and older ones
// (Boost 1.83) throw operation_aborted out of io_context::run() as well, since their own code
// around it awaits something. So a cancellation is kept until the coroutine has made its first
// step, and is handed on then: it can see to what must be done in any case.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace trafikito::base {

namespace detail {

/// Between a cancellation and the coroutine that it is for, with which it lives and ends.
class gate {
public:
    explicit gate(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

    [[nodiscard]] boost::asio::any_io_executor const& executor() const { return executor_; }
    boost::asio::cancellation_slot slot() { return onwards_.slot(); }

    void cancel(boost::asio::cancellation_type type) {
        if (open_) {
            onwards_.emit(type);
        } else {
            early_ = early_ | type;
        }
    }

    void open() {
        open_ = true;
        if (early_ != boost::asio::cancellation_type::none) {
            onwards_.emit(early_);
        }
    }

private:
    boost::asio::any_io_executor executor_; ///< of the coroutine
    boost::asio::cancellation_signal onwards_;
    boost::asio::cancellation_type early_ = boost::asio::cancellation_type::none;
    bool open_ = false;
};

template <class T>
struct completion {
    using signature = void(std::exception_ptr, T);
};
template <>
struct completion<void> {
    using signature = void(std::exception_ptr);
};

template <class T>
struct start {
    template <class Handler>
    void operator()(Handler handler, boost::asio::any_io_executor const& executor,
                    boost::asio::awaitable<T> work) const {
        namespace asio = boost::asio;
        auto outer = asio::get_associated_cancellation_slot(handler);
        if (!outer.is_connected()) { // nobody can cancel it
            asio::co_spawn(executor, std::move(work), std::move(handler));
            return;
        }
        auto const shared = std::make_shared<gate>(executor);
        auto const ends_on = asio::get_associated_executor(handler, executor);
        // It holds the gate: its signal must live as long as the coroutine.
        auto ended = [shared, handler = std::move(handler)](auto&&... result) mutable {
            std::move(handler)(std::forward<decltype(result)>(result)...);
        };
        // Passed on where the coroutine runs: from anywhere else Asio would do it later, by a
        // signal that may be gone by then. Whoever cancels may outlive the loop, so it keeps
        // nothing of it.
        outer.assign([to = std::weak_ptr(shared)](asio::cancellation_type type) {
            if (auto const still = to.lock()) {
                asio::dispatch(still->executor(), [still, type] { still->cancel(type); });
            }
        });
        asio::co_spawn(executor, std::move(work),
                       asio::bind_cancellation_slot(
                           shared->slot(), asio::bind_executor(ends_on, std::move(ended))));
        // In its turn, which is after the first step.
        asio::post(executor, [shared] { shared->open(); });
    }
};

} // namespace detail

/// As asio::co_spawn(executor, work, token), for an executor that runs one thing at a time, in
/// turn (an io_context of one thread, a strand). `work` always makes its first step, up to its
/// first await that suspends it; a cancellation that came before that ends this await.
template <class T, class Token>
auto spawn(boost::asio::any_io_executor const& executor, boost::asio::awaitable<T> work,
           Token&& token) {
    return boost::asio::async_initiate<Token, typename detail::completion<T>::signature>(
        detail::start<T>(), token, executor, std::move(work));
}

} // namespace trafikito::base
