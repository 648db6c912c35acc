#include "server/http/beast_message.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/test/unit_test.hpp>

#include <sstream>
#include <string>

namespace {

using namespace trafikito;
namespace http = boost::beast::http;

std::string wire(server::http::response answer, bool keep_alive = true) {
    std::ostringstream text;
    text << server::http::to_message(std::move(answer), 11, keep_alive);
    return text.str();
}

server::http::response answer_of(unsigned status, std::string body) {
    server::http::response answer;
    answer.status = status;
    answer.body = std::move(body);
    return answer;
}

std::string target_of(char const* target) {
    http::request<http::string_body> message(http::verb::get, target, 11);
    return server::http::to_request(message, "peer").target;
}

BOOST_AUTO_TEST_SUITE(beast_message)

BOOST_AUTO_TEST_CASE(a_response_has_date_type_and_length) {
    auto const text = wire(answer_of(200, "OK"));
    BOOST_TEST(text.starts_with("HTTP/1.1 200 OK\r\n"));
    BOOST_TEST(text.find("\r\nServer: trafikito-server\r\n") != std::string::npos);
    BOOST_TEST(text.find("\r\nDate: ") != std::string::npos);
    BOOST_TEST(text.find(" GMT\r\n") != std::string::npos);
    BOOST_TEST(text.find("\r\nContent-Length: 2\r\n") != std::string::npos);
    BOOST_TEST(text.find("Connection: ") == std::string::npos);
    BOOST_TEST(text.ends_with("\r\n\r\nOK"));
    BOOST_TEST(wire(answer_of(400, "no"), false).find("\r\nConnection: close\r\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(headers_of_one_name_all_stand_there) {
    auto answer = answer_of(200, "OK");
    answer.headers = {{"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2"}};
    auto const text = wire(std::move(answer));
    BOOST_TEST(text.find("\r\nSet-Cookie: a=1\r\n") != std::string::npos);
    BOOST_TEST(text.find("\r\nSet-Cookie: b=2\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_body_that_answers_share_is_not_copied) {
    auto answer = answer_of(200, "");
    answer.shared_body = std::make_shared<std::string const>("many bytes");
    answer.headers.emplace_back("X-More", "1");
    auto const message = server::http::to_shared_message(answer, 11, false);
    BOOST_TEST(message.body().data() == answer.shared_body->data());
    std::ostringstream text;
    text << message;
    BOOST_TEST(text.str().starts_with("HTTP/1.1 200 OK\r\n"));
    BOOST_TEST(text.str().find("\r\nContent-Length: 10\r\n") != std::string::npos);
    BOOST_TEST(text.str().find("\r\nX-More: 1\r\n") != std::string::npos);
    BOOST_TEST(text.str().ends_with("\r\n\r\nmany bytes"));
}

BOOST_AUTO_TEST_CASE(a_status_that_has_no_body_has_no_length_either) {
    for (unsigned const status : {204U, 304U}) {
        auto const text = wire(answer_of(status, "not sent"));
        BOOST_TEST(text.ends_with("\r\n\r\n"));
        BOOST_TEST(text.find("Content-") == std::string::npos, text);
        BOOST_TEST(text.find("Transfer-Encoding") == std::string::npos, text);
    }
}

BOOST_AUTO_TEST_CASE(a_date_is_in_english_and_greenwich) {
    BOOST_TEST(server::http::http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
    BOOST_TEST(server::http::http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
}

BOOST_AUTO_TEST_CASE(an_address_as_target_is_its_path) {
    BOOST_TEST(target_of("/v2/ping?x=http://y/") == "/v2/ping?x=http://y/");
    BOOST_TEST(target_of("http://host:1/v2/ping?x") == "/v2/ping?x");
    BOOST_TEST(target_of("https://host?x") == "/?x");
    BOOST_TEST(target_of("https://host") == "/");
    BOOST_TEST(target_of("*") == "*");
}

BOOST_AUTO_TEST_CASE(who_cannot_be_told_is_told_nothing) {
    using server::http::status_of;
    BOOST_TEST(status_of(http::error::end_of_stream) == 0U);
    BOOST_TEST(status_of(http::error::partial_message) == 0U);
    BOOST_TEST(status_of(http::error::header_limit) == 431U);
    BOOST_TEST(status_of(http::error::body_limit) == 413U);
    BOOST_TEST(status_of(http::error::bad_method) == 400U);
    BOOST_TEST(status_of(http::error::bad_transfer_encoding) == 501U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
