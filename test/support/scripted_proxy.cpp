#include "test/support/scripted_proxy.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace trafikito::test {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

asio::awaitable<void> carry_up(conversation& from, tcp::socket& to) {
    for (;;) {
        auto const bytes = co_await from.read_some();
        co_await asio::async_write(to, asio::buffer(bytes), asio::use_awaitable);
    }
}

asio::awaitable<void> carry_down(tcp::socket& from, conversation& to) {
    std::string bytes(4096, '\0');
    for (;;) {
        auto const size = co_await from.async_read_some(asio::buffer(bytes), asio::use_awaitable);
        co_await to.write(bytes.substr(0, size));
    }
}

} // namespace

scripted_peer::script tunnel_to(std::uint16_t port, std::string& seen, std::string answer) {
    return [port, &seen, answer = std::move(answer)](conversation& with,
                                                     unsigned) -> asio::awaitable<void> {
        using namespace asio::experimental::awaitable_operators;
        seen = co_await with.read_request();
        tcp::socket target(co_await asio::this_coro::executor);
        tcp::endpoint const where(asio::ip::address_v4::loopback(), port);
        co_await target.async_connect(where, asio::use_awaitable);
        co_await with.write(answer);
        auto up = carry_up(with, target);
        auto down = carry_down(target, with);
        co_await (std::move(up) && std::move(down));
    };
}

} // namespace trafikito::test
