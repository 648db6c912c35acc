// Good HTTP, and in it something else than an order; and what becomes of the report.
#include "test/e2e/misbehaving_peer.hpp"

namespace trafikito::test {

namespace {

namespace asio = boost::asio;
using deed = asio::awaitable<bool>;

constexpr auto no_order = "no order:";

/// An answer to the question for an order.
way content(std::string name, std::string text, std::string words = no_order, int version = 0) {
    way one{std::move(name), occasion::order, answers(http_answer("200 OK", text)),
            std::move(words)};
    one.version = version;
    return one;
}

std::string names(std::size_t count, std::string const& prefix) {
    std::string csv;
    for (std::size_t number = 0; number < count; ++number) {
        csv += (number == 0 ? "" : ",") + prefix + "c" + std::to_string(number);
    }
    return csv;
}

void add_other_texts(std::vector<way>& list) {
    list.push_back(content("an empty body", "", "the answer is empty"));
    list.push_back(content("white space", " \r\n\t ", "the answer is empty"));
    list.push_back(content("a web page", "<html><body>Log in</body></html>", "a web page"));
    list.push_back(content("an error", R"({"error":{"code":"#1","message":"NO_SUCH_SERVER"}})",
                           "NO_SUCH_SERVER"));
    list.push_back(content("an error, keys the other way round",
                           R"({"data":null,"error":{"message":"NO_SUCH_SERVER","code":"#1"}})",
                           "NO_SUCH_SERVER"));
    list.push_back(
        content("an error that is a text", R"({"error":"NO_SUCH_SERVER"})", "NO_SUCH_SERVER"));
    list.push_back(content("an error that speaks to terminals",
                           R"({"error":{"code":"","message":"\u001b[2J\r\nfatal: x"}})",
                           "the API says"));
    list.push_back(content("JSON without an error", R"({"data":{"commands":[]}})", "JSON"));
    list.push_back(content("JSON that is cut", R"({"error":{"code":"#1","mess)", "JSON"));
    list.push_back(content("JSON that is deep", std::string(20'000, '['), no_order));
    list.push_back(content("NULs", std::string(100, '\0'), no_order));
    list.push_back(content("64 KiB and one byte", std::string(64UL * 1024 + 1, 'x'), no_order));
    list.push_back(content("1 MiB and one byte", std::string(1024UL * 1024 + 1, 'x'),
                           "larger than is accepted"));
    list.push_back(
        content("a token that is too long", std::string(600, 't') + ",trafikito_one", no_order, 1));
    list.push_back(
        content("a token with a line break", "tok\r\nX-Evil: yes,trafikito_one", no_order, 1));
    list.push_back(content("a token of bytes", "t\xc3\xa9k one 55 0", no_order, 2));
    list.push_back(content("a delay in words", "tok one 55 soon", no_order, 2));
    list.push_back(content("three fields", "tok one 55", no_order, 2));
    list.push_back(content("more names than are taken, v1", "tok," + names(5000, "trafikito_"),
                           "more than 4096 commands", 1));
    list.push_back(content("more names than are taken, v2", "tok " + names(5000, "") + " 55 0",
                           "more than 4096 commands", 2));
    list.push_back(content("= without an order", "=", "there was none", 2));
    for (auto stop : {content("STOP", "STOP removed by its owner", "removed by its owner", 2),
                      content("STOP alone", "STOP", "stopped by the API", 2)}) {
        stop.named = false;
        list.push_back(std::move(stop));
    }
    list.push_back(content("STOP that is none in v1", "STOP removed", no_order, 1));
    auto gzip = content("gzip", "", "compressed (Content-Encoding: GZIP)");
    gzip.does = answers(
        http_answer("200 OK", std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03KOR\x00", 14),
                    "Content-Encoding: GZIP\r\n"));
    list.push_back(std::move(gzip));
}

/// Orders whose names must come to nothing, and whose report is sent all the same.
void add_evil_names(std::vector<way>& list) {
    std::string const evil = "$(touch evil),`touch evil`,a;touch${IFS}evil,../../bin/sh,"
                             "trafikito_one|touch,PATH=x,-rf,\"x\",'y',trafikito_\xff";
    for (int version : {1, 2}) {
        auto const text = version == 1 ? std::string(call_token) + "," + evil + ",trafikito_one"
                                       : std::string(call_token) + " $(touch,`x`,one 55 0";
        auto one = content("names with the signs of a shell", text, "", version);
        one.code = 0;
        list.push_back(std::move(one));
    }
}

void add_moved(std::vector<way>& list, std::string const& elsewhere) {
    auto const address = "https://" + elsewhere + "/x";
    for (std::string const status : {"300", "301", "302", "303", "307", "308"}) {
        for (auto const when : {occasion::order, occasion::report}) {
            way one{status + (when == occasion::order ? " for an order" : " for a report"), when,
                    answers(http_answer(status + " Moved", "",
                                        "Location: " + address + "?callToken=y\r\n")),
                    "it has moved to " + address};
            list.push_back(std::move(one));
        }
    }
    list.push_back(
        {"302 to nowhere", occasion::order, answers(http_answer("302 Found")), "HTTP 302"});
    list.push_back({"302 with a password", occasion::order,
                    answers(http_answer("302 Found", "", "Location: https://a:hunter2@b/\r\n")),
                    "HTTP 302"});
}

misdeed reads_a_little_and(misdeed then) {
    return [then](conversation& with, std::string) -> deed {
        co_await with.read_some();
        co_return co_await then(with, {});
    };
}

} // namespace

std::vector<way> ways_to_break_orders(std::string const& elsewhere) {
    std::vector<way> list;
    add_other_texts(list);
    add_evil_names(list);
    add_moved(list, elsewhere);
    return list;
}

std::vector<way> ways_to_break_reports() {
    std::vector<way> list;
    auto const add = [&](std::string name, occasion when, misdeed does, std::string words,
                         int code = 1, int version = 0) {
        way one{std::move(name), when, std::move(does), std::move(words), code, version};
        one.environment["TRAFIKITO_MAX_OUTPUT"] = "4MiB";
        list.push_back(std::move(one));
    };
    auto const leaves = [](conversation&, std::string) -> deed { co_return false; };
    add("v2 does not say OK", occasion::report, answers(ok_answer("fine")), "did not answer OK", 1,
        2);
    add("v2 says nothing", occasion::report, answers(ok_answer("")), "did not answer OK", 1, 2);
    add("v2 says OK and more", occasion::report, answers(ok_answer("OK, but")), "did not answer OK",
        1, 2);
    add("v1 says whatever it likes", occasion::report, answers(http_answer("202 Accepted", "x")),
        "", 0, 1);
    add("an error", occasion::report, answers(ok_answer(R"({"error":{"message":"NO_SUCH_CALL"}})")),
        "NO_SUCH_CALL");
    add(
        "the key said back", occasion::report,
        [](conversation& with, std::string request) -> deed {
            auto const echo = request.substr(0, 4000);
            co_await with.write(http_answer("400 Bad Request", "you sent " + echo));
            co_return true;
        },
        "HTTP 400");
    for (std::string const status :
         {"401 Unauthorized", "404 Not Found", "408 Request Timeout", "413 Content Too Large",
          "429 Too Many Requests", "500 Internal Server Error", "503 Service Unavailable"}) {
        add(status, occasion::report, answers(http_answer(status, "no")),
            "HTTP " + status.substr(0, 3));
    }
    add("does not answer", occasion::report, answers_and_waits(""), "waiting for");
    add("leaves", occasion::report, leaves, "without an answer");
    add("resets", occasion::report, resets(), "the peer reset the connection");
    add("half an answer", occasion::report, answers_and_leaves("HTTP/1.1 200 OK\r\nContent-"),
        "before the answer was complete");
    add("resets in the middle", occasion::unread_report, reads_a_little_and(resets()),
        "the peer reset the connection");
    add("leaves in the middle", occasion::unread_report, reads_a_little_and(leaves),
        "the peer reset the connection|closed the connection");
    add("stops reading", occasion::unread_report, reads_a_little_and(answers_and_waits("")),
        "request to|waiting for");
    add("refuses in the middle and leaves", occasion::unread_report,
        reads_a_little_and(answers_and_leaves(http_answer("413 Too Large"))), "HTTP 413|reset");
    add("refuses in the middle", occasion::unread_report,
        reads_a_little_and(answers_and_waits(http_answer("413 Too Large"))), "HTTP 413");
    return list;
}

} // namespace trafikito::test
