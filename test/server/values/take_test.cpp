// Values out of what anybody's commands print: plugins, exporters, and machines that mean harm.
#include "server/values/take.hpp"

#include "server/values/nagios_perfdata.hpp"
#include "server/values/prometheus_text.hpp"
#include "server/values/rules_text.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace trafikito::server::values;
namespace values = trafikito::server::values;

std::vector<taken_value> taken(std::string_view output, std::string_view command = "trafikito_x",
                               std::string const& own = {}) {
    rules const all(parse_rules(own, "").list);
    counters memory;
    std::vector<command_output> const outputs{{command, output}};
    return values::take(all, outputs, memory, 0);
}

/// Nothing that a store or a page could not bear.
void check_bounds(std::vector<taken_value> const& all) {
    BOOST_TEST(all.size() <= max_values);
    std::set<std::tuple<std::string, std::string, std::string>> seen;
    for (auto const& one : all) {
        BOOST_TEST(std::isfinite(one.value));
        BOOST_TEST(!one.name.empty());
        BOOST_TEST(one.name.size() <= 64U);
        BOOST_TEST(one.instance.size() <= max_instance);
        BOOST_TEST(one.unit.size() <= 32U);
        BOOST_TEST(std::ranges::none_of(one.instance, [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        }));
        BOOST_TEST(seen.emplace(one.command, one.name, one.instance).second);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(take)

BOOST_AUTO_TEST_CASE(a_plugin_needs_no_rule) {
    auto const load = taken("LOAD CRITICAL - total load average: 2.87, 1.94, 2.38|"
                            "load1=2.870;1.000;2.000;0; load5=1.940;1.000;2.000;0; \n",
                            "trafikito_check_load");
    BOOST_REQUIRE(load.size() == 2U);
    BOOST_TEST(load[0].name == "load1");
    BOOST_TEST(load[0].value == 2.87);
    auto const disk = taken("DISK OK - free space: / 68857 MB (70% inode=96%);| "
                            "/=29MB;200;300;0;400 '/var/a b'=1GB;;;; /dev=0B;1;2;0;3\n",
                            "trafikito_check_disk");
    BOOST_REQUIRE(disk.size() == 3U);
    BOOST_TEST(disk[0].name == "check_disk");
    BOOST_TEST(disk[0].instance == "/");
    BOOST_TEST(disk[0].unit == "B");
    BOOST_TEST(disk[0].value == 29.0 * 1024 * 1024);
    BOOST_TEST(disk[1].instance == "/var/a b");
    auto const others = taken("OK | time=12.5ms;;;0 'Disk use'=42%;80;90 requests=123456c gone=U\n"
                              "long text\nmore | second=5s\nthird=6\n");
    BOOST_REQUIRE(others.size() == 4U);
    BOOST_TEST(others[0].value == 0.0125);
    BOOST_TEST(others[0].unit == "s");
    BOOST_TEST(others[1].name == "Disk_use");
    BOOST_TEST(others[1].unit == "%");
    BOOST_TEST(others[2].name == "second");
    BOOST_TEST(others[3].name == "third");
}

BOOST_AUTO_TEST_CASE(what_looks_like_perfdata_and_is_none_gives_nothing) {
    for (char const* const text :
         {"", "|", "ps aux | grep x=1 y", "a | b", "root 1 sh -c x=1 | y=2z", "x | =5",
          "x | a=", "x | a=5;1;2 b", "| a=nan", "| a=inf", "| a=0x10", "| a=1e999",
          "first\nsecond | a=5\n", "| 'open=5"}) {
        BOOST_TEST_CONTEXT(text) {
            BOOST_TEST(taken(text).empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_counter_of_a_plugin_is_a_rate) {
    rules const all;
    counters memory;
    std::vector<command_output> const before{{"trafikito_x", "OK | n=100c"}};
    std::vector<command_output> const after{{"trafikito_x", "OK | n=160c"}};
    BOOST_TEST(values::take(all, before, memory, 0).empty());
    auto const found = values::take(all, after, memory, 60'000);
    BOOST_REQUIRE(found.size() == 1U);
    BOOST_TEST(found[0].value == 1);
    BOOST_TEST(found[0].unit == "/s");
}

BOOST_AUTO_TEST_CASE(an_exporter_needs_no_rule) {
    std::string const text =
        "# HELP http_requests_total The total.\n"
        "# TYPE http_requests_total counter\n"
        "http_requests_total{method=\"post\",code=\"200\"} 1027 1395066363000\n"
        "# TYPE memory_bytes gauge\n"
        "memory_bytes{host=\"a\\\"b\\\\c\"} 1.5e6\n"
        "memory_bytes NaN\n"
        "memory_bytes{x=\"y\"} +Inf\n"
        "# TYPE latency_seconds histogram\n"
        "latency_seconds_bucket{le=\"0.1\"} 5\n"
        "latency_seconds_sum 12\n"
        "latency_seconds_count 34\n"
        "up 1\n"
        "broken{ 5\nbroken{a=\"b} 5\n5 5\n";
    auto const found = taken(text);
    BOOST_REQUIRE(found.size() == 2U); // of counters there must be two reports
    BOOST_TEST(found[0].name == "memory_bytes");
    BOOST_TEST(found[0].instance == "a\"b\\c");
    BOOST_TEST(found[0].unit == "B");
    BOOST_TEST(found[0].value == 1.5e6);
    BOOST_TEST(found[1].name == "up");
    auto const all = prometheus_text(text, 100);
    BOOST_REQUIRE(all.size() == 5U);
    BOOST_TEST(all[0].counter);
    BOOST_TEST(all[0].instance == "method=post,code=200");
    BOOST_TEST(!all[1].counter);
    BOOST_TEST(all[2].name == "latency_seconds_sum");
    BOOST_TEST(all[2].counter);
    BOOST_TEST(taken("up 1\n").empty()); // without a TYPE it could be anything
    BOOST_TEST(taken("up 1\n", "trafikito_x", "trafikito_x * = prometheus").size() == 1U);
    BOOST_TEST(taken(text, "trafikito_x", "trafikito_x * = nothing").empty());
    BOOST_TEST(taken(text, "trafikito_x", "trafikito_x up = nothing").size() == 1U);
}

BOOST_AUTO_TEST_CASE(names_of_a_machine_are_made_harmless) {
    auto const found =
        taken("OK | '\x1b]0;owned\x07'=1 '\xe2\x80\xaetxt'=2 '<script>'=3 'a\nb'=4\n");
    check_bounds(found);
    auto const escape = taken("# TYPE x gauge\nx{a=\"\x1b[31mred\"} 1\nx{a=\"\xff\xfe\"} 2\n");
    BOOST_TEST(escape.size() == 2U);
    check_bounds(escape);
    std::string const one(5000, 'a');
    auto const longer =
        taken("# TYPE x gauge\nx{a=\"" + one + "\"} 1\nx{a=\"" + one + "b\"} 2\n" + "x{a=\"" +
              one.substr(0, 80) + "c\"} 3\nx{a=\"" + one.substr(0, 80) + "d\"} 4\n");
    check_bounds(longer);
    BOOST_TEST(longer.size() >= 3U); // those that begin alike stay apart, within what is read
}

BOOST_AUTO_TEST_CASE(a_million_labels_are_a_few_hundred_values) {
    std::string text = "# TYPE x gauge\n";
    for (int label = 0; label < 1'000'000 && text.size() < 16UL * 1024 * 1024; ++label) {
        text += "x{a=\"" + std::to_string(label) + "\"} 1\n";
    }
    check_bounds(taken(text));
    std::string perfdata = "OK |";
    for (int label = 0; label < 1'000'000; ++label) {
        perfdata += " l" + std::to_string(label) + "=1";
    }
    check_bounds(taken(perfdata));
    std::string rows = "name n\n";
    for (int label = 0; label < 1'000'000; ++label) {
        rows += "r" + std::to_string(label) + " 1\n";
    }
    check_bounds(taken(rows, "trafikito_x", "trafikito_x n = each row column 2 by 1"));
    check_bounds(
        taken(rows, "trafikito_x", R"re(trafikito_x n = regex "(?P<instance>r\d+) (\d+)")re"));
    std::string json = "[";
    for (int label = 0; label < 100'000; ++label) {
        json += "1,";
    }
    json += "1]";
    check_bounds(taken(json, "trafikito_x", "trafikito_x n = json /*"));
}

BOOST_AUTO_TEST_CASE(numbers_that_are_none_are_left_out) {
    for (char const* const text : {"nan", "NaN", "inf", "-inf", "1e999", "-1e400", "0x1p3", "--1",
                                   "1.2.3", "", ".", "-", "٣"}) {
        BOOST_TEST_CONTEXT(text) {
            for (auto const& one : taken(text, "trafikito_x", "trafikito_x v = number")) {
                BOOST_TEST(std::isfinite(one.value));
                BOOST_ERROR("taken: " << one.value);
            }
        }
    }
    BOOST_TEST(taken("1e308", "trafikito_x", "trafikito_x v = number, unit TiB").empty());
    BOOST_TEST(taken("5\n", "trafikito_x",
                     "trafikito_x v = number\n"
                     "trafikito_x w = formula v * 1e308 * 1e308")
                   .size() == 1U);
}

BOOST_AUTO_TEST_CASE(bytes_of_all_kinds_are_borne) {
    std::string const own = "trafikito_x a = cell C3\n"
                            "trafikito_x b = row \"x\" column \"y\"\n"
                            "trafikito_x c = each row column 2 by rest\n"
                            "trafikito_x d = before \"x\"\n"
                            "trafikito_x e = after \"x\"\n"
                            "trafikito_x f = regex \"(.*)x(.*)y\"\n"
                            "trafikito_x g = json /a\n"
                            "trafikito_x h = number\n"
                            "trafikito_x i = each row column percentage by rest, only \"[^a]+$\"\n";
    auto const fill = [](std::string_view pattern, std::size_t size) {
        std::string text;
        while (text.size() < size) {
            text += pattern;
        }
        return text;
    };
    constexpr std::size_t mebibyte = 1UL << 20U;
    for (auto const& text :
         {std::string(mebibyte, '\0'), std::string(mebibyte, 'x'), std::string(mebibyte, ' '),
          std::string(mebibyte, '\n'), std::string(mebibyte, '1'), std::string(mebibyte, '|'),
          std::string(mebibyte, ','), std::string(mebibyte, '['), std::string(mebibyte, '\xff'),
          fill("x1", mebibyte), fill("x 1 ", mebibyte), fill("1 x\n", mebibyte),
          fill("x\xff\x00y", mebibyte), fill("5% x\n", mebibyte), fill("{\"a\":", mebibyte),
          "OK |" + fill(" a='", mebibyte), "# TYPE " + fill("x{", mebibyte)}) {
        check_bounds(taken(text, "trafikito_x", own));
        for (char const* const name : {"uptime", "free", "df_p", "vmstat_s", "netstat_i", "top"}) {
            check_bounds(taken(text, std::string("trafikito_") + name));
        }
    }
}

BOOST_AUTO_TEST_CASE(late_reports_are_compared_with_those_before_them) {
    rules const all(parse_rules("trafikito_x n = number, counter", "").list);
    counters memory;
    auto const report = [&](std::string const& text, std::int64_t minute) {
        std::vector<command_output> const outputs{{"trafikito_x", text}};
        auto const found = values::take(all, outputs, memory, minute * 60'000);
        return found.empty() ? -1.0 : found[0].value;
    };
    BOOST_TEST(report("0", 0) == -1);
    BOOST_TEST(report("60", 1) == 1);
    BOOST_TEST(report("360", 4) == 100.0 / 60, boost::test_tools::tolerance(1e-4));
    BOOST_TEST(report("180", 2) == 2); // what could not be sent before
    BOOST_TEST(report("240", 3) == 1);
    BOOST_TEST(report("420", 5) == 1);
    BOOST_TEST(report("420", 5) == 1);   // the same again
    BOOST_TEST(report("480", 40) == -1); // too long ago
    BOOST_TEST(report("10", 41) == -1);  // it began anew
    BOOST_TEST(report("70", 42) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
