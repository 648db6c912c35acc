#pragma once
// Changes that come one by one and are made many in one transaction: what comes while the disk is
// busy with a commit goes into the next one together. Who comes alone waits for nobody. What waits
// is bounded: more is refused at once, so that nobody's answer is late for the sake of a queue.

#include "server/store/awaited_end.hpp"
#include "server/store/store_thread.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace trafikito::server::store {

/// One change on its way; what it is, and what became of it, its own class says.
class grouped_change {
public:
    explicit grouped_change(std::size_t bytes) : bytes_(bytes) {}
    virtual ~grouped_change() = default;
    grouped_change(grouped_change const&) = delete;
    grouped_change& operator=(grouped_change const&) = delete;

private:
    friend class group_commit;

    std::size_t bytes_;        ///< that it holds in memory
    std::exception_ptr error_; ///< of it alone
    // Of the serving thread alone.
    std::exception_ptr failure_; ///< of all that were to be made with it
    awaited_end end_;
    bool unwanted_ = false;
    std::chrono::steady_clock::time_point came_;
};

using change_ptr = std::shared_ptr<grouped_change>;

struct group_limits {
    std::size_t max_waiting = 1024;
    std::size_t max_bytes = 64UL * 1024 * 1024; ///< of all that wait or are being committed
    /// Of one commit. One alone may be larger.
    std::size_t max_together = 512;
    std::size_t max_bytes_together = 8UL * 1024 * 1024;
    /// Of one that asks: longer than somebody else's lock is waited for, so that who holds it is
    /// named, and not as long as a client's, which would come again without having heard why.
    std::chrono::milliseconds patience = std::chrono::seconds(6);
    /// Of the oldest that has no answer yet: as long as it takes longer, no other is taken. On a
    /// slow disk it waits for one commit, and then for its own.
    std::chrono::milliseconds longest = std::chrono::seconds(4);
};

class group_commit {
public:
    /// Makes all of them in one transaction, in their order, or throws and has made none. On the
    /// store thread. What cannot be made because of one of them is made without it: a part of them
    /// at a time, until those are found whose fault it is.
    using commit = std::function<void(store&, std::span<change_ptr const>)>;

    /// `serving` is the store thread's, too.
    group_commit(boost::asio::any_io_executor serving, store_thread& kept, commit make,
                 group_limits limits = {});

    /// When this returns, it is on the disk. Throws what `make` threw for it, and
    /// store_unavailable: at once when too much waits or the database is away, or after the limits'
    /// patience; one that has not begun then is not made. When the last commit failed because of
    /// the database, it throws that instead: it says more. While it is away, one at a time is
    /// tried.
    boost::asio::awaitable<void> add(change_ptr what);
    /// Waits no longer than that, and it is made all the same.
    boost::asio::awaitable<void> add(change_ptr what, std::chrono::milliseconds patience);

private:
    using changes = std::vector<change_ptr>;

    static void make_apart(commit const& make, store& kept, std::span<change_ptr const> all);
    [[nodiscard]] bool is_stuck() const;
    void push(change_ptr const& what);
    static void throw_failure_of(grouped_change const& what);
    boost::asio::awaitable<void> commit_what_waits();
    std::shared_ptr<changes const> take();
    void end(changes const& all, std::exception_ptr const& failure);

    boost::asio::any_io_executor serving_;
    store_thread& kept_;
    commit make_;
    group_limits limits_;
    std::deque<change_ptr> waiting_;
    std::size_t bytes_ = 0;
    bool committing_ = false;
    bool away_ = false;                            ///< as the last commit found it
    std::exception_ptr trouble_;                   ///< of the database, the same
    std::chrono::steady_clock::time_point oldest_; ///< when it came, of what is being committed
};

} // namespace trafikito::server::store
