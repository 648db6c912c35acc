#include "config/value.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

namespace config = trafikito::config;
using namespace trafikito::config;
namespace {

using std::chrono::milliseconds;

parsed<milliseconds> duration(std::string_view text) {
    return parse_duration(text, milliseconds(0), milliseconds(86'400'000));
}

parsed<std::uint64_t> size(std::string_view text) {
    return parse_size(text, 0, std::numeric_limits<std::uint64_t>::max() - 1);
}

parsed<std::int64_t> count(std::string_view text) {
    return parse_count(text, 0, 1000);
}

} // namespace

BOOST_AUTO_TEST_SUITE(value)

BOOST_AUTO_TEST_CASE(reads_durations) {
    struct {
        char const* text;
        std::int64_t expected;
    } const table[] = {
        {"500ms", 500},     {"30s", 30'000},       {"5m", 300'000}, {"1h", 3'600'000},
        {"1d", 86'400'000}, {"17", 17'000},        {"0", 0},        {"007s", 7000},
        {"0ms", 0},         {"86400s", 86'400'000}};
    for (auto const& row : table) {
        auto const result = duration(row.text);
        BOOST_REQUIRE_MESSAGE(result.value, row.text << ": " << result.problem);
        BOOST_TEST(result.value->count() == row.expected, row.text);
        BOOST_TEST(result.problem.empty());
    }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_duration) {
    for (auto const* const text : {"", "s", "abc", "5x", "5M", "5 s", " 5", "5s ", "-5s", "+5",
                                   "1.5h", "1h30m", "5sec", "0x10", "1e3", "٣s"}) {
        auto const result = duration(text);
        BOOST_TEST(!result.value, text);
        BOOST_TEST(result.problem.starts_with("must be a duration such as"), result.problem);
    }
}

BOOST_AUTO_TEST_CASE(says_the_range_of_a_duration) {
    auto const low = parse_duration("0", milliseconds(1000), milliseconds(86'400'000));
    BOOST_TEST(!low.value);
    BOOST_TEST(low.problem == "must be between 1s and 24h, not \"0\"");
    BOOST_TEST(!parse_duration("999ms", milliseconds(1000), milliseconds(2000)).value);
    BOOST_TEST(parse_duration("1s", milliseconds(1000), milliseconds(2000)).value.has_value());
    BOOST_TEST(parse_duration("2s", milliseconds(1000), milliseconds(2000)).value.has_value());
    BOOST_TEST(!parse_duration("2001ms", milliseconds(1000), milliseconds(2000)).value);
}

BOOST_AUTO_TEST_CASE(a_duration_does_not_overflow) {
    for (auto const* const text :
         {"18446744073709551615ms", "18446744073709551616ms", "213503982334602d",
          "99999999999999999999999999999h", "18446744073709552s"}) {
        auto const result = duration(text);
        BOOST_TEST(!result.value, text);
        BOOST_TEST(result.problem.starts_with("must be between 0s and 24h"), result.problem);
    }
}

BOOST_AUTO_TEST_CASE(reads_sizes_in_powers_of_1024) {
    struct {
        char const* text;
        std::uint64_t expected;
    } const table[] = {{"0", 0},
                       {"1000", 1000},
                       {"512B", 512},
                       {"64KiB", 65536},
                       {"64K", 65536},
                       {"64k", 65536},
                       {"1MiB", 1048576},
                       {"1mib", 1048576},
                       {"2M", 2097152},
                       {"2GiB", 2147483648},
                       {"3G", 3221225472},
                       {"1TiB", 1099511627776},
                       {"1T", 1099511627776}};
    for (auto const& row : table) {
        auto const result = size(row.text);
        BOOST_REQUIRE_MESSAGE(result.value, row.text << ": " << result.problem);
        BOOST_TEST(*result.value == row.expected, row.text);
    }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_size) {
    for (auto const* const text :
         {"", "KiB", "1 MiB", "-1", "1.5M", "1Ki", "1X", "1KiBs", "many"}) {
        BOOST_TEST(!size(text).value, text);
        BOOST_TEST(size(text).problem.starts_with("must be a size such as 4096"), text);
    }
}

BOOST_AUTO_TEST_CASE(refuses_units_that_may_mean_1000_or_1024) {
    for (auto const* const text : {"64kB", "64KB", "1MB", "1mb", "1GB", "1TB"}) {
        BOOST_TEST(!size(text).value, text);
        BOOST_TEST(size(text).problem.ends_with("may mean powers of 1000 or of 1024"), text);
    }
}

BOOST_AUTO_TEST_CASE(a_size_does_not_overflow) {
    for (auto const* const text :
         {"18446744073709551615", "99999999999999999999", "16777216TiB", "18014398509481984K"}) {
        BOOST_TEST(!size(text).value, text);
        BOOST_TEST(size(text).problem.starts_with("must be between"), size(text).problem);
    }
    BOOST_TEST(size("16777215TiB").value.has_value());
}

BOOST_AUTO_TEST_CASE(says_the_range_of_a_size) {
    BOOST_TEST(parse_size("512", 1024, 1048576).problem ==
               "must be between 1KiB and 1MiB, not \"512\"");
    BOOST_TEST(parse_size("1KiB", 1024, 1048576).value.has_value());
    BOOST_TEST(!parse_size("1048577", 1024, 1048576).value);
}

BOOST_AUTO_TEST_CASE(reads_counts) {
    BOOST_TEST(count("0").value.value() == 0);
    BOOST_TEST(count("1000").value.value() == 1000);
    BOOST_TEST(count("1001").problem == "must be between 0 and 1000, not \"1001\"");
    BOOST_TEST(count("-1").problem == "must be between 0 and 1000, not \"-1\"");
    BOOST_TEST(parse_count("-20", -20, 19).value.value() == -20);
    BOOST_TEST(!parse_count("-21", -20, 19).value);
    for (auto const* const text : {"", "-", "+1", "1x", "x", "1 ", "--1", "1.0"}) {
        BOOST_TEST(count(text).problem.starts_with("must be a whole number"), text);
    }
}

BOOST_AUTO_TEST_CASE(a_count_does_not_overflow) {
    constexpr auto low = std::numeric_limits<std::int64_t>::min();
    constexpr auto high = std::numeric_limits<std::int64_t>::max();
    BOOST_TEST(parse_count("9223372036854775807", low, high).value.value() == high);
    BOOST_TEST(!parse_count("9223372036854775808", low, high).value);
    BOOST_TEST(!parse_count("-99999999999999999999", low, high).value);
}

BOOST_AUTO_TEST_CASE(reads_yes_and_no) {
    for (auto const* const text : {"yes", "true", "on", "1", "YES", "True"}) {
        BOOST_TEST(parse_yes_no(text).value.value() == true, text);
    }
    for (auto const* const text : {"no", "false", "off", "0", "NO", "Off"}) {
        BOOST_TEST(parse_yes_no(text).value.value() == false, text);
    }
    for (auto const* const text : {"", "y", "2", "yes ", "maybe"}) {
        BOOST_TEST(!parse_yes_no(text).value, text);
    }
    BOOST_TEST(parse_yes_no("maybe").problem == "must be yes or no, not \"maybe\"");
}

BOOST_AUTO_TEST_CASE(formats_durations_as_people_write_them) {
    struct {
        std::int64_t count;
        char const* expected;
    } const table[] = {{0, "0s"},           {1, "1ms"},         {1500, "1500ms"},
                       {1000, "1s"},        {90'000, "90s"},    {60'000, "1m"},
                       {5'400'000, "90m"},  {3'600'000, "1h"},  {86'400'000, "24h"},
                       {172'800'000, "2d"}, {90'000'000, "25h"}};
    for (auto const& row : table) {
        BOOST_TEST(format_duration(milliseconds(row.count)) == row.expected);
        BOOST_TEST(duration(row.expected).value.value_or(milliseconds(row.count)).count() ==
                   row.count);
    }
}

BOOST_AUTO_TEST_CASE(formats_sizes_in_the_largest_whole_unit) {
    BOOST_TEST(format_size(0) == "0B");
    BOOST_TEST(format_size(1000) == "1000B");
    BOOST_TEST(format_size(1024) == "1KiB");
    BOOST_TEST(format_size(1536) == "1536B");
    BOOST_TEST(format_size(1536 * 1024) == "1536KiB");
    BOOST_TEST(format_size(8ULL << 20U) == "8MiB");
    BOOST_TEST(format_size(1ULL << 40U) == "1TiB");
    BOOST_TEST(format_size(1ULL << 60U) == "1048576TiB");
}

BOOST_AUTO_TEST_SUITE_END()
