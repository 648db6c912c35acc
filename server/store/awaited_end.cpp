#include "server/store/awaited_end.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace trafikito::server::store {

namespace asio = boost::asio;

void awaited_end::comes() {
    has_come_ = true;
    if (awaited_by_ != nullptr) {
        awaited_by_->cancel();
    }
}

asio::awaitable<void> awaited_end::wait(asio::any_io_executor serving,
                                        std::chrono::milliseconds patience) {
    asio::steady_timer ended(serving, patience);
    // The frame may go before the end comes, when the context is destroyed.
    struct registration {
        awaited_end& of;
        registration(awaited_end& one, asio::steady_timer& timer) : of(one) {
            of.awaited_by_ = &timer;
        }
        ~registration() { of.awaited_by_ = nullptr; }
        registration(registration const&) = delete;
        registration& operator=(registration const&) = delete;
    };
    registration const here(*this, ended);
    if (!has_come_) {
        co_await ended.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

} // namespace trafikito::server::store
