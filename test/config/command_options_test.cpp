#include "config/command_options.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>

namespace config = trafikito::config;
using namespace trafikito::config;
using namespace std::chrono_literals;

namespace {

struct outcome {
    config::command_options options;
    std::string problem;
    std::vector<diagnostic> diagnostics;
};

outcome parse(std::string_view text) {
    outcome result;
    diagnostic_sink sink("c.sh");
    result.problem = parse_command_options(text, 4, 3, result.options, sink);
    result.diagnostics = std::move(sink).take();
    return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(command_options)

BOOST_AUTO_TEST_CASE(reads_every_option) {
    auto const result =
        parse(" timeout=5s max_output=16KiB every=5m nice=10 max_memory=256MiB max_cpu=10s "
              "user=nobody daemon=yes\r");
    BOOST_TEST(result.problem.empty());
    BOOST_TEST(result.diagnostics.empty());
    auto const& options = result.options;
    BOOST_TEST((options.timeout == 5s));
    BOOST_TEST((options.max_output == 16384U));
    BOOST_TEST((options.every == 5min));
    BOOST_TEST((options.nice == 10));
    BOOST_TEST((options.max_memory == 256U * 1024 * 1024));
    BOOST_TEST((options.max_cpu == 10s));
    BOOST_TEST((options.user == "nobody"));
    BOOST_TEST(options.daemon);
}

BOOST_AUTO_TEST_CASE(nothing_is_set_by_nothing) {
    BOOST_TEST((parse("").options == config::command_options{}));
    BOOST_TEST((parse(" \t ").options == config::command_options{}));
    BOOST_TEST(!parse("daemon=no").options.daemon);
}

BOOST_AUTO_TEST_CASE(a_part_of_a_second_of_processor_time_counts_as_one) {
    BOOST_TEST((parse("max_cpu=1500ms").options.max_cpu == 2s));
}

BOOST_AUTO_TEST_CASE(the_last_of_two_holds) {
    BOOST_TEST((parse("nice=1 nice=-5").options.nice == -5));
}

BOOST_AUTO_TEST_CASE(an_unknown_option_is_a_warning_with_the_nearest_name) {
    auto const result = parse(" tiemout=5s");
    BOOST_TEST(result.problem.empty());
    BOOST_REQUIRE_EQUAL(result.diagnostics.size(), 1U);
    BOOST_TEST(result.diagnostics[0].format() ==
               "c.sh:4:4: warning: unknown option \"tiemout\"; it has no effect\n"
               "    Did you mean timeout?");
    BOOST_TEST(parse("colour=red").diagnostics[0].hint.starts_with("Options are timeout, "));
}

BOOST_AUTO_TEST_CASE(a_bad_value_is_an_error_at_its_column) {
    auto const result = parse(" nice=5 timeout=soon");
    BOOST_TEST(result.problem.starts_with("option timeout must be a duration"));
    BOOST_REQUIRE_EQUAL(result.diagnostics.size(), 1U);
    BOOST_TEST((result.diagnostics[0].level == diagnostic::severity::error));
    BOOST_TEST(result.diagnostics[0].line == 4U);
    BOOST_TEST(result.diagnostics[0].column == 19U);
    BOOST_TEST((result.options.nice == 5));
    BOOST_TEST(!result.options.timeout.has_value());
}

BOOST_AUTO_TEST_CASE(every_option_has_a_range) {
    for (auto const* const text :
         {"timeout=0",      "timeout=25h", "max_output=1", "max_output=1GiB", "every=0",
          "every=366d",     "nice=20",     "nice=-21",     "max_memory=1KiB", "max_memory=17TiB",
          "max_cpu=0",      "max_cpu=25h", "user=",        "user=a/b",        "user=-x",
          "daemon=perhaps", "timeout=",    "nice=1.5",     "daemon",          "timeout"}) {
        auto const result = parse(text);
        BOOST_TEST(!result.problem.empty(), text);
        BOOST_TEST(result.diagnostics.size() == 1U, text);
        BOOST_TEST(has_errors(result.diagnostics), text);
        BOOST_TEST((result.options == config::command_options{}), text);
    }
    for (auto const* const text :
         {"timeout=100ms", "timeout=24h", "max_output=1KiB", "max_output=256MiB", "every=1s",
          "every=365d", "nice=19", "nice=-20", "max_memory=12MiB", "max_memory=16TiB", "max_cpu=1s",
          "max_cpu=24h"}) {
        BOOST_TEST(parse(text).problem.empty(), text);
        BOOST_TEST(parse(text).diagnostics.empty(), text);
    }
}

BOOST_AUTO_TEST_CASE(memory_in_which_nothing_starts_is_told) {
    auto const result = parse("max_memory=1MiB");
    BOOST_TEST(result.problem.empty());
    BOOST_REQUIRE(result.diagnostics.size() == 1U);
    BOOST_TEST(result.diagnostics[0].what.find("too small to start anything") != std::string::npos);
    BOOST_TEST(parse("max_memory=8MiB").diagnostics.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_comment_may_look_like_options) {
    for (auto const* const text : {"timeout=5s", " timeout=5s  nice=10 ", "daemon=yes"}) {
        BOOST_TEST(config::are_command_options(text), text);
    }
    for (auto const* const text : {"", " ", "timeout", "timeout=x", "timeout=5s and more", "x=1"}) {
        BOOST_TEST(!config::are_command_options(text), text);
    }
}

BOOST_AUTO_TEST_CASE(the_first_problem_is_the_reason) {
    auto const result = parse("timeout=x nice=y");
    BOOST_TEST(result.problem.starts_with("option timeout"));
    BOOST_TEST(result.diagnostics.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
