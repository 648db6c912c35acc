#include "net/http/exchange.hpp"

#include "base/spawn.hpp"
#include "test/net/run_here.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <utility>

using namespace trafikito::net;
using trafikito::test::run_here;
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace beast_http = beast::http;

namespace {

std::string const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n";

struct talk {
    http::outcome got;
    link::progress progress;
    std::string sent;
};

/// One exchange over a stream that holds `answer`, ends there, and fails its n-th operation.
talk over_test_stream(std::string const& answer, std::size_t fail_at = 0, std::size_t read_size = 0,
                      std::size_t max_answer = 64) {
    asio::io_context context;
    beast::test::fail_count count(fail_at == 0 ? 1'000'000 : fail_at);
    beast::test::stream local(context, count);
    beast::test::stream remote(context);
    local.connect(remote);
    local.append(answer);
    if (read_size != 0) {
        local.read_size(read_size);
    }
    remote.close();
    talk all;
    trafikito::net::http::body content("body");
    http::transport_over<beast::test::stream> over(local);
    all.got = run_here(context, http::exchange(over, head, content, max_answer, all.progress));
    all.sent = std::string(remote.str());
    return all;
}

/// Its peer takes everything and never answers. A cancellation comes when a write is done, and its
/// handler waits for its turn.
class silent_transport : public http::transport {
public:
    silent_transport(asio::io_context& context, std::function<void()> stop)
        : context_(context), never_(context, asio::steady_timer::time_point::max()),
          stop_(std::move(stop)) {}

    asio::awaitable<http::transfer_result> write_some(asio::const_buffer from) override {
        asio::post(context_, stop_);
        co_await asio::post(context_, asio::use_awaitable);
        co_return http::transfer_result{boost::system::error_code(), from.size()};
    }

    asio::awaitable<http::transfer_result> read_some(asio::mutable_buffer /*into*/) override {
        boost::system::error_code error;
        co_await never_.async_wait(asio::redirect_error(asio::use_awaitable, error));
        co_return http::transfer_result{error, 0};
    }

private:
    asio::io_context& context_;
    asio::steady_timer never_;
    std::function<void()> stop_;
};

/// Whether an exchange ends, be it by `cancel`, when nothing more comes.
bool ends(asio::io_context& context, asio::cancellation_signal& cancel, http::transport& over,
          http::body const& content, link::progress& progress) {
    bool ended = false;
    trafikito::base::spawn(
        context.get_executor(), http::exchange(over, head, content, 64, progress),
        asio::bind_cancellation_slot(
            cancel.slot(), [&](std::exception_ptr, http::outcome const&) { ended = true; }));
    context.poll();
    return ended;
}

} // namespace

BOOST_AUTO_TEST_SUITE(exchange)

BOOST_AUTO_TEST_CASE(head_and_body_go_out_and_the_answer_comes_in) {
    auto const all = over_test_stream("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");
    BOOST_TEST(!all.got.error);
    BOOST_TEST(all.sent == head + "body");
    BOOST_TEST(all.got.answer.result_int() == 200u);
    BOOST_TEST(all.got.answer.body() == "OK");
    BOOST_TEST(all.got.keep_alive);
    BOOST_TEST(all.progress.answer_began);
}

BOOST_AUTO_TEST_CASE(whichever_operation_fails_is_reported_until_none_does) {
    std::string const answer = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n0\r\n\r\n";
    bool succeeded = false;
    for (std::size_t n = 1; n < 1000 && !succeeded; ++n) {
        auto const all = over_test_stream(answer, n, 1);
        if (all.got.error) {
            BOOST_TEST((all.got.error == beast::test::error::test_failure));
            BOOST_TEST(!all.got.keep_alive);
            BOOST_TEST(
                (all.progress.at >= link::step::send && all.progress.at <= link::step::receive));
            BOOST_TEST((all.progress.answer_began == (all.progress.at == link::step::receive)));
        } else {
            succeeded = true;
            BOOST_TEST(n > answer.size()); // one operation a byte, and one to send
            BOOST_TEST(all.got.answer.body() == "OK");
        }
    }
    BOOST_TEST(succeeded);
}

BOOST_AUTO_TEST_CASE(an_answer_cut_anywhere_is_no_answer) {
    std::string const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";
    for (std::size_t length = 0; length < answer.size(); ++length) {
        auto const all = over_test_stream(answer.substr(0, length));
        BOOST_TEST_CONTEXT(length) {
            BOOST_TEST(all.got.error);
            BOOST_TEST(all.progress.answer_began == (length != 0));
        }
    }
}

BOOST_AUTO_TEST_CASE(an_answer_without_a_length_ends_with_the_connection) {
    auto const all = over_test_stream("HTTP/1.1 200 OK\r\n\r\nuntil the end");
    BOOST_TEST(!all.got.error);
    BOOST_TEST(all.got.answer.body() == "until the end");
    BOOST_TEST(!all.got.keep_alive);
}

// A build with assertions ended here, at a wrong one of the parser's.
BOOST_AUTO_TEST_CASE(a_body_of_no_chunk_is_the_same_however_it_is_cut) {
    std::string const begin = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t const read_size : {1UL, 2UL, 3UL, 4UL, 1000UL}) {
        auto const empty = over_test_stream(begin + "0\r\n\r\n", 0, read_size);
        BOOST_TEST(!empty.got.error);
        BOOST_TEST(empty.got.answer.body().empty());
        BOOST_TEST(empty.got.keep_alive);
        auto const trailer = over_test_stream(begin + "0\r\nA: b\r\n\r\n", 0, read_size);
        BOOST_TEST(!trailer.got.error);
        BOOST_TEST(over_test_stream(begin + "0\r\nOK\r\nOK\r\n\r\n", 0, read_size).got.error);
    }
}

BOOST_AUTO_TEST_CASE(answers_and_their_heads_are_bounded) {
    std::string const at_most(64, 'x');
    auto const length = [](std::string const& content) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(content.size()) + "\r\n\r\n" +
               content;
    };
    BOOST_TEST(over_test_stream(length(at_most)).got.answer.body() == at_most);
    BOOST_TEST(
        (over_test_stream(length(at_most + 'x')).got.error == beast_http::error::body_limit));
    BOOST_TEST((over_test_stream("HTTP/1.1 200 OK\r\n\r\n" + at_most + 'x').got.error ==
                beast_http::error::body_limit));
    BOOST_TEST((over_test_stream("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 "40\r\n" +
                                 at_most + "\r\n1\r\nx\r\n0\r\n\r\n")
                    .got.error == beast_http::error::body_limit));
    auto const huge =
        "HTTP/1.1 200 OK\r\nX: " + std::string(17'000, 'x') + "\r\nContent-Length: 0\r\n\r\n";
    auto const error = over_test_stream(huge).got.error;
    BOOST_TEST(
        (error == beast_http::error::header_limit || error == beast_http::error::buffer_overflow));
    auto const endless = "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x');
    BOOST_TEST(over_test_stream(endless).got.error);
}

BOOST_AUTO_TEST_CASE(interim_answers_are_skipped_but_not_without_end) {
    std::string const interim = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
    std::string const answer = "HTTP/1.1 204 No Content\r\n\r\n";
    BOOST_TEST(over_test_stream(interim + interim + answer).got.answer.result_int() == 204u);
    std::string many;
    for (int count = 0; count < 20; ++count) {
        many += interim;
    }
    BOOST_TEST(over_test_stream(many + answer).got.error);
}

BOOST_AUTO_TEST_CASE(bytes_after_the_answer_end_the_connection) {
    auto const all = over_test_stream("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOKsmuggled");
    BOOST_TEST(all.got.answer.body() == "OK");
    BOOST_TEST(!all.got.keep_alive);
}

BOOST_AUTO_TEST_CASE(what_is_no_http_is_an_error) {
    for (std::string const text : {"SSH-2.0-OpenSSH_9.2\r\n", "\r\n\r\n", "HTTP/1.1 xyz\r\n\r\n",
                                   "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(over_test_stream(text).got.error);
        }
    }
}

// A time-out may be due in the same moment: the bytes are here, and what waited for them is not in
// progress any more.
BOOST_AUTO_TEST_CASE(a_cancellation_that_comes_with_the_answer_is_not_lost) {
    for (bool const later : {false, true}) {
        asio::io_context context;
        beast::test::stream local(context);
        beast::test::stream remote(context);
        local.connect(remote);
        local.append("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nha");
        asio::cancellation_signal cancel;
        auto const stop = [&] { cancel.emit(asio::cancellation_type::terminal); };
        link::progress progress;
        progress.entered = [&](link::step next) {
            if (next == link::step::receive && later) {
                asio::post(context, stop);
            } else if (next == link::step::receive) {
                stop();
            }
        };
        http::body const content("body");
        http::transport_over<beast::test::stream> over(local);
        BOOST_TEST(ends(context, cancel, over, content, progress));
    }
}

BOOST_AUTO_TEST_CASE(a_cancellation_that_comes_when_the_request_is_sent_ends_it) {
    for (std::size_t const size : {4U, 100'000U}) {
        asio::io_context context;
        asio::cancellation_signal cancel;
        silent_transport over(context, [&] { cancel.emit(asio::cancellation_type::terminal); });
        http::body const content(std::string(size, 'x'));
        link::progress progress;
        BOOST_TEST(ends(context, cancel, over, content, progress));
    }
}

BOOST_AUTO_TEST_SUITE_END()
