#pragma once
// Bytes one way and the other, over whatever stream: what speaks HTTP is compiled once, not once a
// kind of stream; a test fails its n-th operation by a stream of its own. Private to net/.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <tuple>

namespace trafikito::net::http {

using transfer_result = std::tuple<boost::system::error_code, std::size_t>;

/// Both end by an error rather than by an exception, also when they are cancelled.
class transport {
public:
    virtual ~transport() = default;
    virtual boost::asio::awaitable<transfer_result> read_some(boost::asio::mutable_buffer into) = 0;
    virtual boost::asio::awaitable<transfer_result> write_some(boost::asio::const_buffer from) = 0;
};

/// Over `stream`, which it leaves to its owner.
template <class Stream>
class transport_over : public transport {
public:
    explicit transport_over(Stream& stream) : stream_(stream) {}

    boost::asio::awaitable<transfer_result> read_some(boost::asio::mutable_buffer into) override {
        return stream_.async_read_some(into, boost::asio::as_tuple(boost::asio::use_awaitable));
    }

    boost::asio::awaitable<transfer_result> write_some(boost::asio::const_buffer from) override {
        return stream_.async_write_some(from, boost::asio::as_tuple(boost::asio::use_awaitable));
    }

private:
    Stream& stream_;
};

} // namespace trafikito::net::http
