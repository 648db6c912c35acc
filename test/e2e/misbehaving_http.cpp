// Answers to the question for an order that are no good HTTP, or say that it went wrong.
#include "test/e2e/misbehaving_peer.hpp"

#include <openssl/ssl.h>

namespace trafikito::test {

namespace {

namespace asio = boost::asio;
using deed = asio::awaitable<bool>;

constexpr auto ok_head = "HTTP/1.1 200 OK\r\n";
constexpr auto silent = "waiting for";
constexpr auto broken = "the answer is broken";
constexpr auto incomplete = "before the answer was complete";

way order_answer(std::string name, misdeed does, std::string words, int code = 1) {
    return {std::move(name), occasion::order, std::move(does), std::move(words), code};
}

void add_silence(std::vector<way>& list) {
    auto const leaves = [](conversation&, std::string) -> deed { co_return false; };
    list.push_back(order_answer("does not answer", answers_and_waits(""), silent));
    list.push_back(order_answer("leaves", leaves, "without an answer"));
    list.push_back(order_answer("says goodbye", answers_and_leaves(""), "without an answer"));
    list.push_back(order_answer("resets", resets(), "the peer reset the connection"));
    list.push_back(order_answer("half a head", answers_and_waits("HTTP/1.1 200 OK\r\nX-A: b"),
                                "receiving from|timed out"));
    list.push_back(order_answer("half a head and leaves", answers_and_leaves(ok_head), incomplete));
    list.push_back(order_answer("drips its head", drips(http_answer("200 OK", "x")),
                                "receiving from|timed out"));
    list.push_back(order_answer(
        "drips its body",
        [](conversation& with, std::string request) -> deed {
            co_await with.write(std::string(ok_head) + "Content-Length: 500\r\n\r\n");
            auto const slowly = drips(std::string(500, 'x'));
            co_return co_await slowly(with, std::move(request));
        },
        "receiving from|timed out"));
    list.push_back(order_answer(
        "leaves behind the head",
        answers_and_leaves(std::string(ok_head) + "Content-Length: 5\r\n\r\n"), incomplete));
}

void add_heads(std::vector<way>& list) {
    auto const with = [](std::string const& line) {
        return std::string(ok_head) + line + "Content-Length: 2\r\n\r\nOK";
    };
    std::string many;
    for (int count = 0; count < 200; ++count) {
        many += "X-" + std::to_string(count) + ": y\r\n";
    }
    list.push_back(order_answer("a header without end", never_ends(ok_head, "X-A: b\r\n"),
                                "larger than 16 KiB"));
    list.push_back(order_answer("a field without end",
                                never_ends(std::string(ok_head) + "X-A: ", std::string(4096, 'x')),
                                "larger than 16 KiB"));
    list.push_back(order_answer("200 fields", answers_and_waits(with(many)), "fields"));
    list.push_back(
        order_answer("a field without colon", answers_and_waits(with("X-A b\r\n")), broken));
    list.push_back(order_answer("a NUL in the head",
                                answers_and_waits(with(std::string("X-A: b\0c\r\n", 10))), broken));
    list.push_back(order_answer("HTTP/0.9", answers_and_leaves("just text\n"), "is not HTTP"));
    list.push_back(
        order_answer("HTTP/2", answers_and_waits("HTTP/2 200 OK\r\n\r\n"), "is not HTTP"));
    list.push_back(
        order_answer("HTTP/3.7", answers_and_waits("HTTP/3.7 200 OK\r\n\r\n"), "is not HTTP"));
    list.push_back(order_answer("a status that is no number",
                                answers_and_waits("HTTP/1.1 abc OK\r\n\r\n"), "is not HTTP"));
    list.push_back(order_answer("the status 999", answers(http_answer("999 Odd")), "HTTP 999"));
}

void add_lengths(std::vector<way>& list) {
    auto const length = [](std::string const& value, std::string const& content) {
        return std::string(ok_head) + "Content-Length: " + value + "\r\n\r\n" + content;
    };
    list.push_back(order_answer("a length that is too large, and leaves",
                                answers_and_leaves(length("500", "tok")), incomplete));
    list.push_back(order_answer("a length that is too large, and waits",
                                answers_and_waits(length("500", "tok")), "timed out"));
    // One version's order may look whole when it is cut.
    list.push_back(order_answer("a length that is too small",
                                answers_and_waits(length("5", "tok-7 one 55 0")), "", -1));
    list.push_back(order_answer("a negative length", answers_and_waits(length("-1", "")), broken));
    list.push_back(order_answer("a length in words", answers_and_waits(length("two", "")), broken));
    list.push_back(order_answer("a length beyond all numbers",
                                answers_and_waits(length("99999999999999999999999", "")), broken));
    list.push_back(order_answer(
        "two lengths", answers_and_waits(length("2\r\nContent-Length: 3", "OKK")), broken));
    list.push_back(order_answer("a length that nobody wants",
                                answers_and_waits(length("1099511627776", "x")),
                                "larger than is accepted"));
    list.push_back(order_answer("a body without end",
                                never_ends(std::string(ok_head) + "\r\n", std::string(16'384, 'x')),
                                "larger than is accepted"));
    list.push_back(order_answer(
        "no length and no goodbye",
        [](conversation& with, std::string) -> deed {
            co_await with.write(std::string(ok_head) + "\r\ntok");
            co_return false;
        },
        incomplete));
}

void add_chunks(std::vector<way>& list) {
    auto const chunked = [](std::string const& content) {
        return std::string(ok_head) + "Transfer-Encoding: chunked\r\n\r\n" + content;
    };
    list.push_back(
        order_answer("a chunk of no size", answers_and_waits(chunked("zz\r\nOK\r\n")), broken));
    list.push_back(order_answer("a chunk of negative size",
                                answers_and_waits(chunked("-2\r\nOK\r\n")), broken));
    list.push_back(order_answer("a chunk that does not end",
                                answers_and_waits(chunked("2\r\nOKOK\r\n0\r\n\r\n")), broken));
    list.push_back(order_answer("a chunk beyond all numbers",
                                answers_and_waits(chunked("fffffffffffffffff\r\nOK\r\n")), broken));
    list.push_back(
        order_answer("no last chunk", answers_and_leaves(chunked("2\r\nOK\r\n")), incomplete));
    list.push_back(
        order_answer("chunks without end",
                     never_ends(chunked(""), "4000\r\n" + std::string(0x4000, 'x') + "\r\n"),
                     "larger than is accepted"));
    list.push_back(order_answer(
        "a trailer without end",
        never_ends(chunked("2\r\nOK\r\n0\r\n"), "X-A: " + std::string(200, 'b') + "\r\n"),
        "larger than 16 KiB|is broken"));
    list.push_back(order_answer("garbage for a trailer",
                                answers_and_waits(chunked("2\r\nOK\r\n0\r\n\x01\x02\r\n\r\n")),
                                broken));
    for (std::string const coding : {"rot13", "gzip, chunked", "chunked, identity"}) {
        list.push_back(
            order_answer("the transfer encoding " + coding,
                         answers_and_leaves(std::string(ok_head) + "Transfer-Encoding: " + coding +
                                            "\r\n\r\n2\r\nOK\r\n0\r\n\r\n"),
                         "its Transfer-Encoding cannot be"));
    }
}

void add_interim(std::vector<way>& list) {
    std::string storm;
    for (int count = 0; count < 50; ++count) {
        storm += "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
    }
    list.push_back(order_answer("a storm of 1xx", answers_and_waits(storm), "interim"));
    list.push_back(order_answer("1xx without end", never_ends("", "HTTP/1.1 100 Continue\r\n\r\n"),
                                "interim"));
    list.push_back(order_answer("100 and nothing more",
                                answers_and_waits("HTTP/1.1 100 Continue\r\n\r\n"), "timed out"));
    list.push_back(order_answer("101",
                                answers_and_waits("HTTP/1.1 101 Switching Protocols\r\n"
                                                  "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"),
                                "timed out|HTTP 101"));
}

void add_statuses(std::vector<way>& list) {
    for (std::string const status :
         {"400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found",
          "405 Method Not Allowed", "408 Request Timeout", "410 Gone", "413 Too Large",
          "421 Misdirected", "429 Too Many Requests", "500 Internal Server Error",
          "501 Not Implemented", "502 Bad Gateway", "503 Service Unavailable", "504 Timeout"}) {
        auto const number = status.substr(0, 3);
        list.push_back(
            order_answer(status, answers(http_answer(status, "<h1>no</h1>")), "HTTP " + number));
    }
    for (std::string const wait :
         {"3", "99999999999999999999", "-7", "soon", "Tue, 24 Nov 2099 12:00:00 GMT"}) {
        auto const head = "Date: Tue, 24 Nov 2026 12:00:00 GMT\r\nRetry-After: " + wait + "\r\n";
        auto one =
            order_answer("429, Retry-After: " + wait,
                         answers(http_answer("429 Too Many Requests", "", head)), "HTTP 429");
        one.environment["TRAFIKITO_RETRIES"] = "3";
        one.environment["TRAFIKITO_INTERVAL"] = "2s";
        list.push_back(std::move(one));
    }
    list.push_back(order_answer("204", answers("HTTP/1.1 204 No Content\r\n\r\n"), "empty"));
    list.back().named = false;
    list.push_back(order_answer("304", answers("HTTP/1.1 304 Not Modified\r\n\r\n"), "HTTP 304"));
    auto two = order_answer("two answers at once", {}, "", 0);
    for (int version : {1, 2}) {
        two.version = version;
        two.does = answers(ok_answer(good_order(version)) + ok_answer("STOP forged"));
        list.push_back(two);
    }
}

/// Odd, and yet an answer.
void add_oddities(std::vector<way>& list) {
    for (int version : {1, 2}) {
        auto const order = good_order(version);
        auto const add = [&](std::string name, misdeed does) {
            auto one = order_answer(std::move(name), std::move(does), "", 0);
            one.version = version;
            list.push_back(std::move(one));
            return &list.back();
        };
        add("HTTP/1.0", answers_and_leaves("HTTP/1.0 200 OK\r\n\r\n" + order));
        // On a slow machine the report may be on its way already.
        add("leaves between order and report", answers_and_leaves(http_answer("200 OK", order)))
            ->environment["TRAFIKITO_RETRIES"] = "1";
        add("leaves without goodbye between order and report",
            [order](conversation& with, std::string) -> deed {
                co_await with.write(http_answer("200 OK", order));
                co_return false;
            })
            ->environment["TRAFIKITO_RETRIES"] = "1";
        add("resets between order and report", [order](conversation& with, std::string) -> deed {
            co_await with.write(http_answer("200 OK", order));
            with.reset();
            co_return false;
        })->code = -1; // a reset may overtake the answer
        add("answers before it is asked", answers(http_answer("200 OK", order)))->when =
            occasion::connection;
        list.back().code = -1;
        add("renegotiates", [order](conversation& with, std::string) -> deed {
            with.renegotiate();
            co_await with.write(http_answer("200 OK", order));
            co_return true;
        })->settings = [](peer_settings& with) { with.max_tls_version = TLS1_2_VERSION; };
        list.back().code = -1;
        add("chunks with extensions and a trailer",
            answers(std::string(ok_head) + "Transfer-Encoding: chunked\r\n\r\n" + "1;x=\"y\"\r\n" +
                    order.substr(0, 1) + "\r\n" + "100\r\n" + order.substr(1) +
                    std::string(0x100 - order.size() + 1, '\n') + "\r\n0\r\nX-Trailer: z\r\n\r\n"));
    }
}

} // namespace

std::vector<way> ways_to_break_http() {
    std::vector<way> list;
    add_silence(list);
    add_heads(list);
    add_lengths(list);
    add_chunks(list);
    add_interim(list);
    add_statuses(list);
    add_oddities(list);
    return list;
}

} // namespace trafikito::test
