#include "config/command_environment.hpp"

#include <boost/test/unit_test.hpp>

using trafikito::config::parse_command_environment;

namespace {

using words = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(command_environment)

BOOST_AUTO_TEST_CASE(words_become_variables) {
    BOOST_TEST((parse_command_environment("").value == words{}));
    BOOST_TEST((parse_command_environment(" PATH=/opt/bin:/bin\tA_1=  B==x ").value ==
                words{"PATH=/opt/bin:/bin", "A_1=", "B==x"}));
}

BOOST_AUTO_TEST_CASE(what_is_no_variable_is_refused_without_its_value) {
    for (std::string_view const text :
         {"secret", "1A=secret", "=secret", "A-B=secret", "A=1 A=secret"}) {
        auto const result = parse_command_environment(text);
        BOOST_TEST(!result.value.has_value(), text);
        BOOST_TEST(!result.problem.empty());
        BOOST_TEST(result.problem.find("secret") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(too_many_are_refused) {
    std::string text;
    for (int i = 0; i < 65; ++i) {
        text += "A" + std::to_string(i) + "=x ";
    }
    BOOST_TEST(!parse_command_environment(text).value.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
