#pragma once
// Runs a coroutine on a test's io_context until it has ended, and returns what it returned. Tests
// of net/ only.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

namespace trafikito::test {

template <class T>
T run_here(boost::asio::io_context& context, boost::asio::awaitable<T> work) {
    std::optional<T> value;
    std::exception_ptr thrown;
    bool ended = false;
    boost::asio::co_spawn(context, std::move(work), [&](std::exception_ptr error, T returned) {
        thrown = error;
        value = std::move(returned);
        ended = true;
    });
    auto const limit = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    context.restart();
    while (!ended) {
        BOOST_REQUIRE(context.run_one_until(limit) != 0);
    }
    if (thrown) {
        std::rethrow_exception(thrown);
    }
    return std::move(*value);
}

} // namespace trafikito::test
