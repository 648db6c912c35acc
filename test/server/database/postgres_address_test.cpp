#include "server/database/postgres_address.hpp"

#include "test/support/contains.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

#include <string>

namespace {

using namespace trafikito::server::database;
using trafikito::test::contains;

std::string problem_in_command_line(std::string const& address) {
    return problem_of_address(address, address_source::command_line);
}
std::string problem_in_environment(std::string const& address) {
    return problem_of_address(address, address_source::environment);
}

BOOST_AUTO_TEST_SUITE(postgres_address)

BOOST_AUTO_TEST_CASE(a_path_is_none) {
    BOOST_TEST(is_postgres_address("postgresql://db.example/trafikito"));
    BOOST_TEST(is_postgres_address("postgres://db.example/trafikito"));
    BOOST_TEST(!is_postgres_address("/var/lib/trafikito/trafikito.db"));
    BOOST_TEST(!is_postgres_address("postgres.db"));
}

BOOST_AUTO_TEST_CASE(without_a_password_it_is_taken_from_everywhere) {
    for (auto const* good :
         {"postgresql://db.example/trafikito", "postgresql://user@db.example:5433/trafikito",
          "postgres://user@/trafikito?host=/run/postgresql",
          "postgresql://user@one,two/trafikito?target_session_attrs=read-write&sslmode=verify-full",
          "host=db.example dbname=trafikito"}) {
        BOOST_TEST(problem_in_command_line(good) == "");
        BOOST_TEST(problem_in_environment(good) == "");
    }
}

BOOST_AUTO_TEST_CASE(a_password_stands_in_no_command_line) {
    for (auto const* secret : {"postgresql://user:s3cret@db.example/trafikito",
                               "postgresql://db.example/trafikito?password=s3cret",
                               "postgresql://db.example/trafikito?sslpassword=s3cret",
                               "postgresql://u%40ser:s3cret%40@db.example/trafikito",
                               "host=db.example user=user password='s3cret'"}) {
        auto const problem = problem_in_command_line(secret);
        BOOST_TEST(contains(problem, "TRAFIKITO_DATABASE"));
        BOOST_TEST(contains(problem, "PGPASSWORD"));
        BOOST_TEST(!contains(problem, "s3cret"));
        BOOST_TEST(problem_in_environment(secret) == "");
        BOOST_TEST(!contains(shown_address(secret), "s3cret"));
        BOOST_TEST(contains(shown_address(secret), "db.example"));
    }
}

// libpq says what it could not read, and that may be the password.
BOOST_AUTO_TEST_CASE(what_is_no_address_is_not_repeated) {
    for (auto const* wrong : {"postgresql://user:s3cret@db.example:port/x?y",
                              "postgresql://db/x?s3cret", "postgresql://[::1/s3cret"}) {
        BOOST_TEST(contains(problem_in_environment(wrong), "no address"));
        BOOST_TEST(!contains(problem_in_environment(wrong), "s3cret"));
        BOOST_TEST(!contains(shown_address(wrong), "s3cret"));
    }
    BOOST_TEST(problem_in_environment(std::string("postgresql://db/x\0y", 19)) != "");
}

BOOST_AUTO_TEST_CASE(what_stands_elsewhere_is_shown_too) {
    BOOST_TEST(shown_address("postgresql://?service=fleet") == "service=fleet");
    BOOST_TEST(shown_address("postgresql://") == "of this machine");
    ::setenv("PGHOST", "db.example", 1);
    ::setenv("PGPASSWORD", "s3cret", 1);
    auto const shown = shown_address("postgresql:///fleet");
    ::unsetenv("PGHOST");
    ::unsetenv("PGPASSWORD");
    BOOST_TEST(shown == "dbname=fleet host=db.example");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
