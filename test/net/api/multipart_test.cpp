#include "net/api/multipart.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace trafikito::net;

namespace {

std::string every_byte() {
    std::string bytes;
    for (int value = 0; value < 256; ++value) {
        bytes += static_cast<char>(value);
    }
    return bytes;
}

std::string two_parts(std::string const& boundary, std::string const& bytes) {
    return api::open_file(boundary, "output", "tmp.txt", "text/plain") + bytes + "\r\n" +
           api::open_field(boundary, "serverId") + "srv-1\r\n" + api::close_multipart(boundary);
}

} // namespace

BOOST_AUTO_TEST_SUITE(multipart)

BOOST_AUTO_TEST_CASE(a_file_and_a_field_are_written_as_curl_writes_them) {
    BOOST_TEST(
        two_parts("b", "x") ==
        "--b\r\nContent-Disposition: form-data; name=\"output\"; filename=\"tmp.txt\"\r\n"
        "Content-Type: text/plain\r\n\r\nx\r\n"
        "--b\r\nContent-Disposition: form-data; name=\"serverId\"\r\n\r\nsrv-1\r\n--b--\r\n");
}

BOOST_AUTO_TEST_CASE(every_byte_survives_the_way_there_and_back) {
    auto const boundary = api::random_boundary();
    auto const body = two_parts(boundary, every_byte());
    auto const parts = api::parse_multipart(api::multipart_content_type(boundary), body);
    BOOST_REQUIRE(parts.has_value());
    BOOST_REQUIRE(parts->size() == 2u);
    BOOST_TEST((*parts)[0].name == "output");
    BOOST_TEST((*parts)[0].filename == "tmp.txt");
    BOOST_TEST(((*parts)[0].bytes == every_byte()));
    BOOST_TEST((*parts)[1].filename == "");
    BOOST_TEST((api::find_part(*parts, "serverId") == "srv-1"));
    BOOST_TEST(!api::find_part(*parts, "missing").has_value());
}

BOOST_AUTO_TEST_CASE(bytes_that_look_like_a_delimiter_are_bytes) {
    for (std::string const bytes : {"\r\n--boun", "\r\n--boundX\r\n", "x--bound--", "\r\n",
                                    "\r\n\r\n--", "\n--bound\r\n", "\r\n--bound-", ""}) {
        auto const body = two_parts("bound", bytes);
        auto const parts = api::parse_multipart(api::multipart_content_type("bound"), body);
        BOOST_TEST_CONTEXT(bytes) {
            BOOST_REQUIRE(parts.has_value());
            BOOST_REQUIRE(parts->size() == 2u);
            BOOST_TEST((*parts)[0].bytes == bytes);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_body_that_was_cut_anywhere_is_refused) {
    auto const type = api::multipart_content_type("bound");
    auto const whole = two_parts("bound", "bytes");
    for (std::size_t length = 0; length + 2 < whole.size(); ++length) {
        BOOST_TEST_CONTEXT(length) {
            BOOST_TEST(!api::parse_multipart(type, std::string_view(whole).substr(0, length)));
        }
    }
    // The line end after the closing delimiter may be missing.
    BOOST_TEST(api::parse_multipart(type, std::string_view(whole).substr(0, whole.size() - 2))
                   .has_value());
}

BOOST_AUTO_TEST_CASE(preamble_epilogue_and_white_space_after_a_delimiter_are_allowed) {
    std::string const body = "preamble\r\n--b \t\r\ncontent-disposition: FORM-DATA ; name=x\r\n"
                             "X-Other: 1\r\n\r\nvalue\r\n--b--epilogue";
    auto const parts =
        api::parse_multipart("Multipart/Form-Data ; charset=x; boundary=\"b\"", body);
    BOOST_REQUIRE(parts.has_value());
    BOOST_TEST((api::find_part(*parts, "x") == "value"));
}

BOOST_AUTO_TEST_CASE(no_parts_at_all_are_a_closed_body) {
    auto const parts = api::parse_multipart("multipart/form-data; boundary=b", "--b--\r\n");
    BOOST_REQUIRE(parts.has_value());
    BOOST_TEST(parts->empty());
}

BOOST_AUTO_TEST_CASE(another_type_or_a_bad_boundary_is_refused) {
    auto const body = two_parts("b", "x");
    for (std::string const type :
         {"", "text/plain", "multipart/mixed; boundary=b", "multipart/form-data",
          "multipart/form-data; boundary=", "multipart/form-data; boundary=\"b",
          "multipart/form-data; boundary", "multipart/form-data; boundary=c",
          "multipart/form-data; boundary=\"b\"c"}) {
        BOOST_TEST_CONTEXT(type) {
            BOOST_TEST(!api::parse_multipart(type, body).has_value());
        }
    }
    std::string const longest(70, 'b');
    BOOST_TEST(api::parse_multipart(api::multipart_content_type(longest), two_parts(longest, "x"))
                   .has_value());
    BOOST_TEST(!api::parse_multipart(api::multipart_content_type(longest + 'b'),
                                     two_parts(longest + 'b', "x")));
}

BOOST_AUTO_TEST_CASE(a_part_without_a_name_is_refused) {
    for (std::string const head : {"", "Content-Type: text/plain", "Content-Disposition: form-data",
                                   "Content-Disposition: attachment; name=\"x\"",
                                   "Content-Disposition: form-data; name=\"\"",
                                   "Content-Disposition: form-data; name=\"x", "no colon"}) {
        auto const body = "--b\r\n" + head + "\r\n\r\nvalue\r\n--b--\r\n";
        BOOST_TEST_CONTEXT(head) {
            BOOST_TEST(!api::parse_multipart("multipart/form-data; boundary=b", body).has_value());
        }
    }
}

BOOST_AUTO_TEST_CASE(parts_and_their_headers_are_bounded) {
    auto const type = api::multipart_content_type("b");
    std::string parts;
    for (int count = 0; count < 32; ++count) {
        parts += api::open_field("b", "x") + "1\r\n";
    }
    BOOST_TEST(api::parse_multipart(type, parts + api::close_multipart("b")).value().size() == 32u);
    parts += api::open_field("b", "x") + "1\r\n" + api::close_multipart("b");
    BOOST_TEST(!api::parse_multipart(type, parts).has_value());

    auto const huge =
        api::open_field("b", std::string(9000, 'x')) + "1\r\n" + api::close_multipart("b");
    BOOST_TEST(!api::parse_multipart(type, huge).has_value());
}

BOOST_AUTO_TEST_CASE(a_name_cannot_end_its_quotes_or_its_line) {
    auto const head = api::open_field("b", "x\"; filename=\"y\r\nEvil: 1");
    BOOST_TEST(head == "--b\r\nContent-Disposition: form-data; "
                       "name=\"x%22; filename=%22y%0D%0AEvil: 1\"\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(boundaries_are_long_and_never_the_same) {
    std::set<std::string> seen;
    for (int count = 0; count < 100; ++count) {
        auto const boundary = api::random_boundary();
        BOOST_TEST(boundary.size() <= 70u);
        BOOST_TEST(boundary.find_first_not_of("-0123456789abcdef") == std::string::npos);
        BOOST_TEST(seen.insert(boundary).second);
    }
}

BOOST_AUTO_TEST_CASE(the_kind_is_compared_in_any_case_and_not_beyond_its_end) {
    std::string const body = "--q\r\ncontent-DISPOSITION: FORM-dat"
                             "A; Name=a\r\n\r\nx\r\n--q--";
    auto const parts = api::parse_multipart("MULTIPART/form-datA; boundary=q", body);
    BOOST_REQUIRE(parts.has_value());
    BOOST_TEST(api::find_part(*parts, "a").value() == "x");
    // A heap of its own size: a sanitizer sees a read behind it.
    std::vector<char> const type{'m', 'u', 'l', 't', 'i', 'p', 'a', 'r', 't', '/',
                                 'f', 'o', 'r', 'm', '-', 'd', 'a', 't', 'A'};
    BOOST_TEST(!api::parse_multipart({type.data(), type.size()}, body).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
