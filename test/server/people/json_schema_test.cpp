#include "test/server/people/json_schema.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using trafikito::test::fault_of_json;

bool fits(std::string_view value, std::string_view schema) {
    static auto const document = boost::json::parse(
        R"({"schemas":{"Name":{"type":"string"},"List":{"type":"array","items":{"$ref":"#/schemas/Name"}}}})");
    return fault_of_json(boost::json::parse(value), boost::json::parse(schema), document).empty();
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_schema)

BOOST_AUTO_TEST_CASE(types_are_told_apart) {
    for (auto const& [value, type] :
         std::initializer_list<std::pair<char const*, char const*>>{{"1", "integer"},
                                                                    {"1.5", "number"},
                                                                    {"1", "number"},
                                                                    {"\"x\"", "string"},
                                                                    {"true", "boolean"},
                                                                    {"null", "null"},
                                                                    {"[]", "array"},
                                                                    {"{}", "object"}}) {
        BOOST_TEST(fits(value, std::string(R"({"type":")") + type + "\"}"), value);
        BOOST_TEST(fits(value, std::string(R"({"type":["null",")") + type + "\"]}"), value);
    }
    BOOST_TEST(!fits("1.5", R"({"type":"integer"})"));
    BOOST_TEST(!fits("null", R"({"type":"string"})"));
    BOOST_TEST(!fits("\"1\"", R"({"type":["integer","null"]})"));
}

BOOST_AUTO_TEST_CASE(an_object_has_what_is_required_and_nothing_else) {
    constexpr auto schema = R"({"type":"object","required":["a"],"additionalProperties":false,
                                "properties":{"a":{"type":"integer","minimum":0},"b":{"type":"string"}}})";
    BOOST_TEST(fits(R"({"a":1})", schema));
    BOOST_TEST(fits(R"({"a":0,"b":"x"})", schema));
    BOOST_TEST(!fits(R"({"b":"x"})", schema));
    BOOST_TEST(!fits(R"({"a":-1})", schema));
    BOOST_TEST(!fits(R"({"a":1,"c":1})", schema));
    BOOST_TEST(!fits(R"({"a":1,"b":1})", schema));
}

BOOST_AUTO_TEST_CASE(references_lists_choices_and_enums_are_followed) {
    BOOST_TEST(fits(R"(["x","y"])", R"({"$ref":"#/schemas/List"})"));
    BOOST_TEST(!fits(R"(["x",1])", R"({"$ref":"#/schemas/List"})"));
    constexpr auto either = R"({"anyOf":[{"$ref":"#/schemas/Name"},{"type":"null"}]})";
    BOOST_TEST(fits("null", either));
    BOOST_TEST(!fits("1", either));
    BOOST_TEST(!fits("1", R"({"oneOf":[{"type":"integer"},{"type":"number"}]})"));
    BOOST_TEST(fits("1.5", R"({"oneOf":[{"type":"integer"},{"type":"number"}]})"));
    BOOST_TEST(fits("\"a\"", R"({"enum":["a","b"]})"));
    BOOST_TEST(!fits("\"c\"", R"({"enum":["a","b"]})"));
}

BOOST_AUTO_TEST_CASE(a_keyword_that_is_not_known_is_said) {
    BOOST_TEST(!fits("1", R"({"multipleOf":2})"));
    BOOST_TEST(fits("1", R"({"description":"One.","x-of":"ours"})"));
}

BOOST_AUTO_TEST_SUITE_END()
