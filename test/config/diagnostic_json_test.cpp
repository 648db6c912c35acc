#include "config/diagnostic_json.hpp"

#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

using namespace trafikito::config;

BOOST_AUTO_TEST_SUITE(diagnostic_json)

BOOST_AUTO_TEST_CASE(all_that_is_known) {
    diagnostic const one{.level = diagnostic::severity::warning,
                         .file = "/etc/a.cfg",
                         .line = 3,
                         .column = 7,
                         .what = "unknown key \"x\"",
                         .hint = "Did you mean y?",
                         .source = {"x = 1", 1}};
    BOOST_TEST(boost::json::serialize(as_json(one)) ==
               R"({"severity":"warning","file":"/etc/a.cfg","line":3,"column":7,)"
               R"("text":"unknown key \"x\"","hint":"Did you mean y?","excerpt":"x = 1"})");
}

BOOST_AUTO_TEST_CASE(what_has_no_line_has_null) {
    auto const object = as_json({.file = "f", .what = "it is gone", .hint = {}});
    BOOST_TEST(object.at("severity").as_string() == "error");
    BOOST_TEST(object.at("line").is_null());
    BOOST_TEST(object.at("column").is_null());
}

BOOST_AUTO_TEST_SUITE_END()
