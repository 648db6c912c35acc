#pragma once
// The one thread that uses the store, so that the one that serves never waits for a disk, a lock or
// another process. Whoever wants something of the store asks it here; what was asked is done one
// after the other. While the disk hangs, what waits is bounded and has a time.

#include "server/store/awaited_end.hpp"
#include "server/store/store.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

namespace trafikito::server::store {

/// Nothing was done: there is no room for what waits, or the store did not get to it in time. Or,
/// when it had begun: what became of it is not known.
class store_unavailable : public store_error {
public:
    using store_error::store_error;
};

struct store_thread_limits {
    std::size_t max_waiting = 512;
    std::size_t max_bytes = 64UL * 1024 * 1024; ///< that all that waits holds in memory
    std::chrono::milliseconds patience = std::chrono::seconds(20); ///< of one that asks
};

class store_thread {
public:
    /// `serving` is the executor of those that ask; its context runs in one thread, and lives until
    /// stop(). `kept` is the thread's alone until then.
    store_thread(boost::asio::any_io_executor serving, store& kept,
                 store_thread_limits limits = {});
    /// Waits for the end of what is under way.
    ~store_thread();
    store_thread(store_thread const&) = delete;
    store_thread& operator=(store_thread const&) = delete;

    /// Runs `work(store&)` on the thread and returns what it returned. It holds so many bytes.
    /// Throws what it threw, and store_unavailable.
    template <typename Work>
    boost::asio::awaitable<std::invoke_result_t<Work&, store&>> run(std::size_t bytes, Work work) {
        auto const value = std::make_shared<std::optional<std::invoke_result_t<Work&, store&>>>();
        auto what = add(bytes, [value, work = std::move(work)](store& kept) mutable {
            value->emplace(work(kept));
        });
        co_await end_of(std::move(what));
        co_return std::move(**value);
    }

    /// Nothing is under way, and nothing waits.
    [[nodiscard]] bool is_idle();
    /// How many wait.
    [[nodiscard]] std::size_t waiting();

    /// The same for another thread, which waits by itself. What is dropped breaks its promise.
    /// Throws store_unavailable.
    template <typename Work>
    std::future<std::invoke_result_t<Work&, store&>> ask(std::size_t bytes, Work work) {
        auto const answer = std::make_shared<std::promise<std::invoke_result_t<Work&, store&>>>();
        auto result = answer->get_future();
        add(bytes, [answer, work = std::move(work)](store& kept) mutable {
            try {
                answer->set_value(work(kept));
            } catch (...) {
                answer->set_exception(std::current_exception());
            }
        });
        return result;
    }

    /// Takes nothing more, drops what waits, interrupts what is under way. False when that has not
    /// ended in time: then the process can only be left, with everything as it is.
    bool stop(std::chrono::milliseconds within);

private:
    struct job {
        std::function<void(store&)> work;
        std::size_t bytes = 0;
        std::exception_ptr error;
        std::atomic<bool> abandoned{false};
        // Of the serving thread alone.
        awaited_end end;
    };

    std::shared_ptr<job> add(std::size_t bytes, std::function<void(store&)> work);
    boost::asio::awaitable<void> end_of(std::shared_ptr<job> what);
    void work_off();
    std::shared_ptr<job> next();

    boost::asio::any_io_executor serving_;
    store& kept_;
    store_thread_limits limits_;
    std::mutex guard_; ///< of what follows
    std::condition_variable changed_;
    std::deque<std::shared_ptr<job>> waiting_;
    std::size_t bytes_ = 0; ///< of what waits or is under way
    bool working_ = false;
    bool stopping_ = false;
    bool ended_ = false;
    std::thread thread_;
};

} // namespace trafikito::server::store
