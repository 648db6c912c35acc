#include "server/archive/report_body.hpp"

#include "base/checksum.hpp"
#include "server/archive/number_text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace trafikito::server::archive;
using namespace std::string_view_literals;

/// With the checksum that makes it one that was written so.
std::string with_sum(std::string content) {
    auto const sum = trafikito::base::checksum(content);
    for (unsigned shift = 0; shift < 32; shift += 8) {
        content += static_cast<char>(sum >> shift);
    }
    return content;
}

/// That it is refused, and with such words.
auto refused(std::string_view words) {
    return [words](unreadable const& why) {
        return std::string_view(why.what()).find(words) != std::string_view::npos;
    };
}

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
    auto const content = body.substr(0, body.size() - 4);
    BOOST_TEST(with_sum(content) == body);
    for (std::size_t size = 0; size < body.size(); ++size) {
        BOOST_CHECK_THROW(read_body(body.substr(0, size)), unreadable);
    }
    for (std::size_t size = 0; size < content.size(); ++size) {
        BOOST_CHECK_THROW(read_body(with_sum(content.substr(0, size))), unreadable);
    }
    BOOST_CHECK_THROW(read_body(body + "x"), unreadable);
    BOOST_CHECK_EXCEPTION(read_body(with_sum(content + "x")), unreadable,
                          refused("something follows its end"));
}

BOOST_AUTO_TEST_CASE(a_bit_that_changed_anywhere_is_found) {
    auto const body = write_body({{"x", std::string(100, 'x')}, {"y", "two"}}, "[]");
    for (std::size_t at = 0; at < body.size(); ++at) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto changed = body;
            changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << bit));
            BOOST_CHECK_EXCEPTION(read_body(changed), unreadable,
                                  refused(at == 0 ? "a form" : "its checksum"));
        }
    }
}

BOOST_AUTO_TEST_CASE(another_form_is_refused) {
    BOOST_CHECK_EXCEPTION(read_body(with_sum(std::string("\x02\0\0", 3))), unreadable,
                          refused("a form that this program does not know"));
}

BOOST_AUTO_TEST_CASE(a_count_that_cannot_be_takes_no_memory) {
    std::string body("\x01\xff\xff\xff\x07", 5); // sixteen million outputs
    body.resize(20'000'000, '\0');
    BOOST_CHECK_EXCEPTION(read_body(with_sum(body)), unreadable, refused("too many outputs"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
