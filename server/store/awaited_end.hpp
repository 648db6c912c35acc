#pragma once
// That something has come to its end, and who waits for it: the serving thread's alone, both. For
// what is done on the store's thread.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace trafikito::server::store {

class awaited_end {
public:
    [[nodiscard]] bool has_come() const { return has_come_; }

    /// From now on; whoever waits goes on.
    void comes();

    /// Until it has come, or for so long. One waits at a time, and this outlives it.
    boost::asio::awaitable<void> wait(boost::asio::any_io_executor serving,
                                      std::chrono::milliseconds patience);

private:
    bool has_come_ = false;
    boost::asio::steady_timer* awaited_by_ = nullptr;
};

} // namespace trafikito::server::store
