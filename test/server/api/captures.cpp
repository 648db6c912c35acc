#include "test/server/api/captures.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace trafikito::test {

server::http::request read_capture(std::string const& name) {
    auto const text = read_file(std::string(TRAFIKITO_CAPTURES "/") + name + ".http");
    auto const end = text.find("\n\n");
    BOOST_REQUIRE(end != text.npos);
    server::http::request result;
    std::istringstream head(text.substr(0, end));
    head >> result.method >> result.target;
    std::string line;
    std::getline(head, line);
    while (std::getline(head, line)) {
        auto const colon = line.find(": ");
        BOOST_REQUIRE(colon != line.npos);
        result.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
    result.body = text.substr(end + 2);
    BOOST_REQUIRE(!result.body.empty() && result.body.back() == '\n');
    result.body.pop_back();
    result.peer = "capture";
    return result;
}

std::string wire_form(server::http::request const& capture) {
    auto text = capture.method + " " + capture.target + " HTTP/1.1\r\n";
    for (auto const& [name, value] : capture.headers) {
        text += name + ": " +
                (name == "Content-Length" ? std::to_string(capture.body.size()) : value) + "\r\n";
    }
    return text + "\r\n" + capture.body;
}

} // namespace trafikito::test
