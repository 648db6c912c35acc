#include "server/archive/report_body.hpp"

#include "server/archive/number_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito::server::archive;
using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(report_body)

BOOST_AUTO_TEST_CASE(what_was_written_is_read) {
    auto const body = write_body({{"x", "one\0two"sv}, {"y", ""}, {"x", "\xff"}}, "[1]");
    auto const read = read_body(body);
    BOOST_REQUIRE(read.outputs.size() == 3U);
    BOOST_TEST(read.outputs[0].command == "x");
    BOOST_TEST((read.outputs[0].bytes == "one\0two"sv));
    BOOST_TEST(read.outputs[1].bytes == "");
    BOOST_TEST(read.outputs[2].command == "x");
    BOOST_TEST(read.outputs[2].bytes == "\xff");
    BOOST_TEST(read.results == "[1]");
    BOOST_TEST(read_body(write_body({}, "")).outputs.empty());
}

BOOST_AUTO_TEST_CASE(what_was_cut_anywhere_or_goes_on_is_refused) {
    auto const body = write_body({{"x", "one"}, {"y", "two"}}, "[]");
    for (std::size_t size = 0; size < body.size(); ++size) {
        BOOST_CHECK_THROW(read_body(std::string_view(body).substr(0, size)), unreadable);
    }
    BOOST_CHECK_THROW(read_body(body + "x"), unreadable);
}

BOOST_AUTO_TEST_CASE(another_form_is_refused) {
    auto body = write_body({}, "");
    body[0] = 2;
    BOOST_CHECK_THROW(read_body(body), unreadable);
}

BOOST_AUTO_TEST_CASE(a_count_that_cannot_be_takes_no_memory) {
    std::string body("\x01\xff\xff\xff\x07", 5); // sixteen million outputs
    body.resize(20'000'000, '\0');
    BOOST_CHECK_THROW(read_body(body), unreadable);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
