#include "net/link/connect.hpp"

#include "test/net/run_here.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <deque>
#include <functional>
#include <optional>
#include <string>

using namespace trafikito::net;
using namespace std::chrono_literals;
using trafikito::test::run_here;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

tcp::endpoint at(char const* address, std::uint16_t port = 443) {
    return {asio::ip::make_address(address), port};
}

/// Listens; connections are made by the system without anybody accepting them.
struct listener {
    explicit listener(asio::io_context& context, tcp::endpoint where = at("127.0.0.1", 0))
        : acceptor(context, where) {}

    [[nodiscard]] tcp::endpoint address() const { return acceptor.local_endpoint(); }

    tcp::acceptor acceptor;
};

/// Its queue is full: a connection to it hangs (listen(2), backlog).
struct full_listener : listener {
    explicit full_listener(asio::io_context& context) : listener(context) {
        acceptor.listen(0);
        for (int count = 0; count < 4; ++count) {
            waiting.emplace_back(context).async_connect(address(),
                                                        [](boost::system::error_code) {});
        }
    }
    std::deque<tcp::socket> waiting;
};

using trace_line = std::function<void(std::string_view)>;

/// co_spawn wants a value that can be made without one.
asio::awaitable<std::optional<link::connected>> race_to(asio::io_context& context,
                                                        link::addresses found, trace_line say) {
    auto made = co_await link::connect_first(context.get_executor(), std::move(found), say);
    co_return std::optional<link::connected>(std::move(made));
}

struct racing {
    asio::io_context context;
    std::string log;

    link::connected to(link::addresses const& found) {
        trace_line const say = [this](std::string_view line) { log += std::string(line) + '\n'; };
        return std::move(*run_here(context, race_to(context, found, say)));
    }

    tcp::endpoint refusing() {
        listener const gone(context);
        return gone.address();
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(happy_eyeballs, racing)

BOOST_AUTO_TEST_CASE(families_alternate_beginning_with_the_first) {
    auto const mixed = link::interleave({at("2001:db8::1"), at("2001:db8::2"), at("2001:db8::3"),
                                         at("192.0.2.1"), at("192.0.2.2")});
    link::addresses const expected{at("2001:db8::1"), at("192.0.2.1"), at("2001:db8::2"),
                                   at("192.0.2.2"), at("2001:db8::3")};
    BOOST_TEST((mixed == expected));
    link::addresses const one{at("192.0.2.1")};
    BOOST_TEST((link::interleave(one) == one));
    BOOST_TEST(link::interleave({}).empty());
    BOOST_TEST(link::interleave(link::addresses(20, at("192.0.2.1"))).size() ==
               link::max_addresses);
}

BOOST_AUTO_TEST_CASE(an_address_that_hangs_does_not_hold_up_the_next) {
    full_listener const hangs(context);
    listener const good(context);
    auto const begin = std::chrono::steady_clock::now();
    auto const made = to({hangs.address(), good.address()});
    BOOST_TEST(!made.error);
    BOOST_TEST((made.socket.remote_endpoint() == good.address()));
    BOOST_TEST((std::chrono::steady_clock::now() - begin >= link::connection_attempt_delay));
}

BOOST_AUTO_TEST_CASE(an_address_that_refuses_is_passed_over_at_once) {
    listener const good(context);
    auto const made = to({refusing(), refusing(), good.address()});
    BOOST_TEST(!made.error);
    BOOST_TEST((made.socket.remote_endpoint() == good.address()));
    BOOST_TEST(log.find("the connection was refused") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_family_that_leads_nowhere_gives_way_to_the_other) {
    listener const good(context);
    auto const port = good.address().port();
    auto const made = to({at("::1", port), good.address()});
    BOOST_TEST(!made.error);
    BOOST_TEST(made.socket.remote_endpoint().address().is_v4());
}

BOOST_AUTO_TEST_CASE(when_all_fail_the_most_telling_error_is_told) {
    auto const unreachable = at("255.255.255.255", 9);
    auto const made = to({refusing(), unreachable});
    BOOST_TEST((made.error == asio::error::connection_refused));
}

BOOST_AUTO_TEST_CASE(no_address_at_all_is_an_error) {
    BOOST_TEST((to({}).error == asio::error::host_not_found));
}

BOOST_AUTO_TEST_CASE(cancelled_it_ends_at_once_and_closes_every_attempt) {
    full_listener const hangs(context);
    asio::cancellation_signal cancel;
    bool ended = false;
    link::addresses const found{hangs.address(), hangs.address()};
    asio::co_spawn(context, race_to(context, found, {}),
                   asio::bind_cancellation_slot(
                       cancel.slot(),
                       [&](std::exception_ptr thrown, std::optional<link::connected> const& made) {
                           ended = true;
                           BOOST_TEST((thrown || made->error == asio::error::operation_aborted));
                       }));
    context.run_for(400ms);
    BOOST_TEST(!ended);
    cancel.emit(asio::cancellation_type::terminal);
    context.restart();
    while (!ended && context.run_one_for(30s) != 0) {
    }
    BOOST_TEST(ended);
}

BOOST_AUTO_TEST_SUITE_END()
