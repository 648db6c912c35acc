#include "base/spawn.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <ostream>
#include <stdexcept>

using namespace trafikito;
namespace asio = boost::asio;

namespace {

enum class runs_on { the_loop, a_strand };

std::ostream& operator<<(std::ostream& out, runs_on where) {
    return out << (where == runs_on::the_loop ? "the loop" : "a strand");
}

auto const both = boost::unit_test::data::make({runs_on::the_loop, runs_on::a_strand});

/// Work that notes how far it came, and what became of it.
struct spawn_fixture {
    asio::awaitable<int> wait_for_good() {
        began = true;
        asio::steady_timer timer(co_await asio::this_coro::executor,
                                 asio::steady_timer::time_point::max());
        co_await timer.async_wait(asio::use_awaitable);
        co_return 1;
    }

    asio::awaitable<int> end_at_once() {
        began = true;
        co_return 2;
    }

    asio::awaitable<int> cancel_itself() {
        cancel->emit(asio::cancellation_type::terminal);
        co_return 3;
    }

    asio::awaitable<int> fail() {
        throw std::runtime_error("a bug");
        co_return 4;
    }

    void spawn(runs_on where, asio::awaitable<int> work) {
        asio::any_io_executor executor = loop.get_executor();
        if (where == runs_on::a_strand) {
            executor = asio::make_strand(loop);
        }
        base::spawn(executor, std::move(work),
                    asio::bind_cancellation_slot(cancel->slot(),
                                                 [this](std::exception_ptr failed, int got) {
                                                     BOOST_TEST(!value.has_value());
                                                     value = got;
                                                     thrown = failed;
                                                 }));
    }

    /// Whether the work ended by operation_aborted.
    [[nodiscard]] bool aborted() const {
        try {
            if (thrown) {
                std::rethrow_exception(thrown);
            }
        } catch (boost::system::system_error const& error) {
            return error.code() == asio::error::operation_aborted;
        }
        return false;
    }

    asio::io_context loop{1};
    std::optional<asio::cancellation_signal> cancel{std::in_place};
    bool began = false;
    std::optional<int> value;
    std::exception_ptr thrown;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(spawn, spawn_fixture)

BOOST_DATA_TEST_CASE(what_is_cancelled_before_its_first_step_makes_it_and_ends_at_its_first_await,
                     both, where) {
    spawn(where, wait_for_good());
    cancel->emit(asio::cancellation_type::terminal);
    loop.run();
    BOOST_TEST(began);
    BOOST_TEST(value.has_value());
    BOOST_TEST(aborted());
}

BOOST_DATA_TEST_CASE(what_ends_in_its_first_step_is_not_cancelled_any_more, both, where) {
    spawn(where, end_at_once());
    cancel->emit(asio::cancellation_type::terminal);
    loop.run();
    BOOST_TEST(value.value_or(0) == 2);
    BOOST_TEST(!thrown);
}

BOOST_DATA_TEST_CASE(what_cancels_itself_and_awaits_nothing_ends_as_it_says, both, where) {
    spawn(where, cancel_itself());
    loop.run();
    BOOST_TEST(value.value_or(0) == 3);
    BOOST_TEST(!thrown);
}

BOOST_DATA_TEST_CASE(after_any_handler_it_is_cancelled_once, both, where) {
    for (int handlers = 0; handlers < 10; ++handlers) {
        value.reset();
        loop.restart();
        spawn(where, wait_for_good());
        for (int count = 0; count < handlers; ++count) {
            loop.poll_one();
        }
        cancel->emit(asio::cancellation_type::terminal);
        loop.run();
        BOOST_TEST(value.has_value());
        BOOST_TEST(aborted());
    }
}

BOOST_DATA_TEST_CASE(from_a_handler_as_well, both, where) {
    asio::post(loop, [&] {
        spawn(where, wait_for_good());
        cancel->emit(asio::cancellation_type::terminal);
    });
    loop.run();
    BOOST_TEST(aborted());
}

BOOST_DATA_TEST_CASE(a_signal_that_is_gone_cancels_nothing, both, where) {
    spawn(where, end_at_once());
    cancel->emit(asio::cancellation_type::terminal);
    cancel.reset();
    loop.run();
    BOOST_TEST(value.value_or(0) == 2);
}

BOOST_DATA_TEST_CASE(after_the_end_a_cancellation_does_nothing, both, where) {
    spawn(where, end_at_once());
    loop.run();
    cancel->emit(asio::cancellation_type::terminal);
    loop.restart();
    loop.run();
    BOOST_TEST(value.value_or(0) == 2);
}

BOOST_DATA_TEST_CASE(a_loop_that_ends_first_takes_it_along, both, where) {
    asio::io_context short_lived(1);
    asio::any_io_executor executor = short_lived.get_executor();
    if (where == runs_on::a_strand) {
        executor = asio::make_strand(short_lived);
    }
    base::spawn(executor, wait_for_good(),
                asio::bind_cancellation_slot(cancel->slot(), [](std::exception_ptr, int) {}));
    short_lived.poll();
    cancel->emit(asio::cancellation_type::terminal);
    BOOST_TEST(began);
}

BOOST_DATA_TEST_CASE(what_it_throws_is_told, both, where) {
    spawn(where, fail());
    loop.run();
    BOOST_CHECK_THROW(std::rethrow_exception(thrown), std::runtime_error);
}

// As whatever waits for several of them does.
BOOST_AUTO_TEST_CASE(a_group_that_is_cancelled_before_its_first_step_ends) {
    auto group = asio::experimental::make_parallel_group(
        base::spawn(loop.get_executor(), wait_for_good(), asio::deferred),
        base::spawn(loop.get_executor(), wait_for_good(), asio::deferred));
    bool ended = false;
    std::exception_ptr first;
    std::exception_ptr second;
    group.async_wait(
        asio::experimental::wait_for_all(),
        asio::bind_cancellation_slot(
            cancel->slot(), [&](auto, std::exception_ptr one, int, std::exception_ptr other, int) {
                ended = true;
                first = one;
                second = other;
            }));
    cancel->emit(asio::cancellation_type::terminal);
    loop.run();
    BOOST_TEST(ended);
    BOOST_CHECK_THROW(std::rethrow_exception(first), boost::system::system_error);
    BOOST_CHECK_THROW(std::rethrow_exception(second), boost::system::system_error);
}

BOOST_AUTO_TEST_SUITE_END()
