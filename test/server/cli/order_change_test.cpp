#include "server/cli/order_change.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace {

using namespace trafikito::server;

using names = std::vector<std::string>;

struct fixture {
    store::server_row server;
    cli::order_options options;

    fixture() {
        server.name = "web1";
        server.last_report = trafikito::base::wall_time(std::chrono::seconds(1));
        server.available = "trafikito_df=\"df\"\ntrafikito_free=\"free\"\n";
    }
    names changed() const { return cli::changed_order(server, options).value(); }
    std::string refused() const {
        try {
            (void)cli::changed_order(server, options);
        } catch (std::runtime_error const& why) {
            return why.what();
        }
        return "it was not refused";
    }
};

BOOST_FIXTURE_TEST_SUITE(order_change, fixture)

BOOST_AUTO_TEST_CASE(names_replace_what_stood) {
    server.wanted = names{"trafikito_free"};
    options.names = {"trafikito_df"};
    BOOST_TEST(changed() == names{"trafikito_df"}, boost::test_tools::per_element());
    options.names = {};
    options.none = true;
    BOOST_TEST(changed().empty());
    options.none = false;
    options.all = true;
    BOOST_TEST(!cli::changed_order(server, options).has_value());
}

BOOST_AUTO_TEST_CASE(an_order_that_would_run_nothing_is_refused_with_the_nearest_name) {
    options.names = {"trafikito_dff"};
    BOOST_TEST(refused().find("trafikito_dff (did you mean df?)") != std::string::npos, refused());
    options.names = {"trafikito_something_else"};
    BOOST_TEST(refused().find("there are trafikito_df, trafikito_free") != std::string::npos,
               refused());
    options.names = {"trafikito_dff", "trafikito_df"}; // one runs
    BOOST_TEST(changed().size() == 2U);
    options.names = {"trafikito_dff"};
    server.last_report = std::nullopt; // nothing is known for sure
    BOOST_TEST(changed().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_name_of_which_there_are_several_kinds_is_answered_with_them) {
    server.available =
        "trafikito_free=\"free\"\ntrafikito_df_p=\"df -P\"\ntrafikito_df_h=\"df -h\"\n";
    options.names = {"trafikito_df"};
    BOOST_TEST(refused().find("trafikito_df (did you mean df_p or df_h?)") != std::string::npos,
               refused());
    options.names = {"trafikito_free_m"};
    BOOST_TEST(refused().find("(did you mean free?)") != std::string::npos, refused());
    options.names = {"trafikito_"}; // no name at all: everything begins like it
    BOOST_TEST(refused().find("did you mean") == std::string::npos, refused());
}

BOOST_AUTO_TEST_CASE(signs_change_what_stood) {
    options.removed = {"trafikito_df"}; // from all
    BOOST_TEST(changed() == names{"trafikito_free"}, boost::test_tools::per_element());
    server.wanted = names{"trafikito_df"};
    options.added = {"trafikito_free"};
    BOOST_TEST(changed() == names{"trafikito_free"}, boost::test_tools::per_element());
    options.removed.clear();
    BOOST_TEST(changed() == (names{"trafikito_df", "trafikito_free"}),
               boost::test_tools::per_element());
    server.wanted = std::nullopt; // all: it is asked for already
    BOOST_TEST(!cli::changed_order(server, options).has_value());
}

BOOST_AUTO_TEST_CASE(signs_that_mean_nothing_are_refused) {
    server.wanted = names{"trafikito_df"};
    options.removed = {"trafikito_df"};
    BOOST_TEST(refused().find("--none") != std::string::npos, refused());
    options.removed = {"trafikito_d"};
    BOOST_TEST(refused().find("is not asked to run trafikito_d (did you mean df?)") !=
                   std::string::npos,
               refused());
    options.removed.clear();
    options.added = {"trafikito_fre"};
    BOOST_TEST(refused().find("did you mean free?") != std::string::npos, refused());
    server.wanted = std::nullopt;
    server.available.clear();
    options.added = {"trafikito_df"};
    BOOST_TEST(refused().find("not known before its first report") != std::string::npos, refused());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
