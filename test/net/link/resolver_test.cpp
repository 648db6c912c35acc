#include "net/link/resolver.hpp"

#include "test/net/run_here.hpp"
#include "test/support/system_call_filter.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/syscall.h>

#include <cerrno>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

using namespace trafikito::net;
using namespace std::chrono_literals;
using trafikito::test::run_here;
namespace asio = boost::asio;

namespace {

/// A look-up that hangs until it is let go, as DNS does behind a dead name server.
struct gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
    int waiting = 0;
    int left = 0;

    void pass() {
        std::unique_lock lock(mutex);
        ++waiting;
        changed.notify_all();
        changed.wait(lock, [&] { return open; });
        ++left;
        changed.notify_all();
    }
    void await_waiting(int count) {
        std::unique_lock lock(mutex);
        BOOST_REQUIRE(changed.wait_for(lock, 30s, [&] { return waiting >= count; }));
    }
    void let_go(int count) {
        std::unique_lock lock(mutex);
        open = true;
        changed.notify_all();
        BOOST_REQUIRE(changed.wait_for(lock, 30s, [&] { return left >= count; }));
    }
};

link::blocking_lookup behind(std::shared_ptr<gate> const& door) {
    return [door](std::string const&, std::uint16_t port) -> link::result<link::addresses> {
        door->pass();
        return link::addresses{{asio::ip::address_v4::loopback(), port}};
    };
}

void start(asio::io_context& context, link::resolver& names, std::string name) {
    asio::co_spawn(context, names.resolve(std::move(name), 1),
                   [](std::exception_ptr, link::result<link::addresses>) {});
}

} // namespace

BOOST_AUTO_TEST_SUITE(resolver)

BOOST_AUTO_TEST_CASE(literals_and_localhost_take_no_look_up) {
    asio::io_context context;
    auto const names = link::make_threaded_resolver(
        context.get_executor(),
        [](std::string const&, std::uint16_t) -> link::result<link::addresses> { std::abort(); },
        0);
    auto const v4 = run_here(context, names->resolve("192.0.2.1", 443)).value();
    BOOST_REQUIRE(v4.size() == 1u);
    BOOST_TEST(v4[0].address().to_string() == "192.0.2.1");
    BOOST_TEST(v4[0].port() == 443);
    BOOST_TEST(run_here(context, names->resolve("2001:db8::1", 1)).value()[0].address().is_v6());
    BOOST_TEST(run_here(context, names->resolve("localhost", 1)).value().size() == 2u);
}

BOOST_AUTO_TEST_CASE(an_answer_reaches_the_coroutine) {
    asio::io_context context;
    auto const names = link::make_threaded_resolver(
        context.get_executor(),
        [](std::string const& host, std::uint16_t port) -> link::result<link::addresses> {
            // In a thread of its own, where Boost.Test's macros are not at home.
            auto const address = host == "a.example" ? "192.0.2.7" : "192.0.2.8";
            return link::addresses{{asio::ip::make_address(address), port}};
        });
    auto const found = run_here(context, names->resolve("a.example", 8443)).value();
    BOOST_TEST(found.at(0).address().to_string() == "192.0.2.7");
    BOOST_TEST(found.at(0).port() == 8443);
}

// A filter of system calls that forbids clone3(2) keeps the C library from starting threads.
BOOST_AUTO_TEST_CASE(where_no_thread_may_be_started_the_answer_comes_all_the_same) {
    std::string found;
    std::thread([&found] { // the filter ends with it
        asio::io_context context;
        auto const names = link::make_threaded_resolver(
            context.get_executor(),
            [](std::string const&, std::uint16_t port) -> link::result<link::addresses> {
                return link::addresses{{asio::ip::make_address("192.0.2.9"), port}};
            });
        trafikito::test::forbid_calls({SYS_clone3}, EPERM);
        for (int turn = 0; turn < 5; ++turn) { // more than may hang at the same time
            auto const answer = run_here(context, names->resolve("a.example", 1));
            found = answer ? answer.value().at(0).address().to_string() : answer.error().what;
        }
    })
        .join();
    BOOST_TEST(found == "192.0.2.9");
}

BOOST_AUTO_TEST_CASE(a_name_that_cannot_exist_is_a_failure_in_words) {
    asio::io_context context;
    auto const names = link::make_system_resolver(context.get_executor());
    auto const found = run_here(context, names->resolve("no-such-host.invalid", 443));
    BOOST_REQUIRE(found.has_error());
    BOOST_TEST((found.error().at == link::step::resolve));
    BOOST_TEST(found.error().peer == "no-such-host.invalid:443");
    BOOST_TEST(!found.error().what.empty());
    BOOST_TEST(found.error().retryable);
}

BOOST_AUTO_TEST_CASE(a_look_up_that_hangs_delays_no_exit) {
    auto const door = std::make_shared<gate>();
    {
        asio::io_context context;
        auto const names = link::make_threaded_resolver(context.get_executor(), behind(door));
        start(context, *names, "a.example");
        context.poll();
        door->await_waiting(1);
    } // would never end if anything joined the thread
    door->let_go(1);
    BOOST_TEST(door->left == 1);
}

BOOST_AUTO_TEST_CASE(look_ups_that_hang_are_bounded) {
    auto const door = std::make_shared<gate>();
    asio::io_context context;
    auto const names = link::make_threaded_resolver(context.get_executor(), behind(door), 2);
    start(context, *names, "a.example");
    start(context, *names, "b.example");
    context.poll();
    door->await_waiting(2);
    auto const third = run_here(context, names->resolve("c.example", 1));
    BOOST_REQUIRE(third.has_error());
    BOOST_TEST(third.error().what == "2 earlier look-ups still wait for an answer");
    door->let_go(2);
}

BOOST_AUTO_TEST_CASE(a_cancelled_look_up_ends_at_once_and_its_late_answer_is_dropped) {
    auto const door = std::make_shared<gate>();
    asio::io_context context;
    auto const names = link::make_threaded_resolver(context.get_executor(), behind(door));
    asio::cancellation_signal cancel;
    bool aborted = false;
    asio::co_spawn(context, names->resolve("a.example", 1),
                   asio::bind_cancellation_slot(
                       cancel.slot(), [&](std::exception_ptr error, link::result<link::addresses>) {
                           BOOST_REQUIRE(error);
                           try {
                               std::rethrow_exception(error);
                           } catch (boost::system::system_error const& thrown) {
                               aborted = thrown.code() == asio::error::operation_aborted;
                           }
                       }));
    context.poll();
    door->await_waiting(1);
    cancel.emit(asio::cancellation_type::terminal);
    context.restart();
    context.run_for(10s);
    BOOST_TEST(aborted);
    door->let_go(1);
}

BOOST_AUTO_TEST_SUITE_END()
