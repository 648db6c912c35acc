#include "agent/cli/tested.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito;
using namespace trafikito::agent::cli;

namespace {

constexpr auto text = "trafikito_df_h=\"df -h\"\n"
                      "trafikito_uptime=\"uptime\"\n"
                      "#: user=\n"
                      "trafikito_refused=\"id\"\n";

std::string said(std::vector<std::string> const& names, std::string_view list = text) {
    config::settings settings;
    settings.available_commands = "/x/available_commands.sh";
    std::string all;
    for (auto const& line :
         unknown_names(names, config::parse_command_list(list, "list"), settings)) {
        all += line + "\n";
    }
    return all;
}

std::vector<std::string> names(std::vector<std::string> const& asked) {
    return order_of(asked, config::parse_command_list(text, "list")).names;
}

} // namespace

BOOST_AUTO_TEST_SUITE(tested)

BOOST_AUTO_TEST_CASE(names_are_known_with_and_without_their_prefix) {
    BOOST_TEST(said({"df_h", "trafikito_uptime", "refused"}) == "");
    BOOST_TEST(said({"uptme"}) ==
               "uptme is no command of /x/available_commands.sh; did you mean uptime?\n");
    BOOST_TEST(said({"trafikito_dfh", "df_h"}) ==
               "trafikito_dfh is no command of /x/available_commands.sh; did you mean df_h?\n");
    BOOST_TEST(said({"nothing_like_it"}) == "nothing_like_it is no command of "
                                            "/x/available_commands.sh, which has df_h, uptime, "
                                            "refused\n");
    BOOST_TEST(said({"\x1b[2J\n"}).starts_with("\\x1b[2J\\x0a is no command"));
    BOOST_TEST(said({"x"}, "") == "x is no command of /x/available_commands.sh\n");
}

BOOST_AUTO_TEST_CASE(no_name_is_all_of_the_list) {
    std::vector<std::string> const all{"trafikito_df_h", "trafikito_uptime", "trafikito_refused"};
    BOOST_TEST(names({}) == all, boost::test_tools::per_element());
    std::vector<std::string> const one{"trafikito_uptime"};
    BOOST_TEST(names({"uptime", "trafikito_uptime"}) == one, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
