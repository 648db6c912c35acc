// Suite postgres_house: what the subcommands say of a server that keeps all in a PostgreSQL, beside
// it, after it, and before it.
#include "test/server/child.hpp"

#include "server/security/secrets.hpp"
#include "server/store/open_store.hpp"
#include "server/store/store.hpp"
#include "test/server/store/store_fixture.hpp"
#include "test/support/eventually.hpp"
#include "test/support/postgres_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstdlib>
#include <memory>

namespace {

using namespace trafikito;
namespace fs = std::filesystem;

/// Of this process, for those that it starts.
class variable {
public:
    variable(char const* name, std::string const& value) : name_(name) {
        ::setenv(name, value.c_str(), 1);
    }
    ~variable() { ::unsetenv(name_); }
    variable(variable const&) = delete;
    variable& operator=(variable const&) = delete;

private:
    char const* name_;
};

struct house_fixture : test::engine_of_case, test::store_place {
    house_fixture() : engine_of_case(test::engine_kind::postgres) {}

    fs::path data = directory.path() / "data";
    std::unique_ptr<test::child> serving;

    void serve(std::vector<std::string> const& more) {
        std::vector<std::string> words{"serve", "--data", data, "--listen", "127.0.0.1:0"};
        words.insert(words.end(), more.begin(), more.end());
        serving = std::make_unique<test::child>(words);
        BOOST_REQUIRE(serving->wrote("certificate authority: "));
    }
    void serve() { serve({"--database", where}); }
    void stop() {
        serving->signal(SIGTERM);
        BOOST_REQUIRE(serving->wait() == 0);
        serving.reset();
    }
    void add_server(std::string const& id) const {
        server::store::store to(
            server::store::open_engine(where, server::store::access::read_write),
            server::store::access::read_write, [] { return std::chrono::system_clock::now(); });
        BOOST_REQUIRE(to.add_server(id, id, server::security::sha256("key of " + id)));
    }
    static std::string run(int status, std::vector<std::string> const& words) {
        auto ended = test::run_server(words);
        BOOST_TEST(ended.status == status, ended.output);
        return ended.output;
    }
    [[nodiscard]] std::string with_password() const {
        auto text = where;
        auto const at = text.find('@');
        BOOST_REQUIRE(at != std::string::npos);
        return text.insert(at, ":secret-of-the-test");
    }
};

bool has(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

BOOST_FIXTURE_TEST_SUITE(postgres_house, house_fixture,
                         *boost::unit_test::precondition(test::with_postgres()))

BOOST_AUTO_TEST_CASE(check_looks_at_the_database_of_the_server_that_runs) {
    serve();
    add_server("web1");
    for (auto const& words : {std::vector<std::string>{"check", "--data", data},
                              {"check", "--data", data, "--full", "--database", where}}) {
        auto const text = run(0, words);
        BOOST_TEST(has(text, ": a PostgreSQL, schema "), text);
        BOOST_TEST(has(text, ", 1 server, 0 valid enrolment tokens, served by process"), text);
        BOOST_TEST(!has(text, "trafikito.db"), text);
    }
    auto const web1 = run(1, {"why", "--data", data, "web1"});
    BOOST_TEST(has(web1, ", the database is dbname="), web1);
    BOOST_TEST(!has(web1, " free"), web1);
}

BOOST_AUTO_TEST_CASE(check_finds_what_keeps_serve_from_it_and_changes_nothing) {
    auto const empty = run(0, {"check", "--data", data, "--database", where});
    BOOST_TEST(has(empty, ": an empty PostgreSQL, serve makes its tables, "), empty);
    BOOST_TEST(ask_raw("SELECT count(*) FROM pg_class WHERE relname = 'servers'") == 0);
    BOOST_TEST(!fs::exists(data));

    serve();
    stop();
    auto const other = directory.path() / "other";
    auto const new_one = run(0, {"check", "--data", other, "--database", where});
    BOOST_TEST(has(new_one, ": a PostgreSQL, schema "), new_one);
    BOOST_TEST(!has(new_one, "authority is gone"), new_one);

    add_server("web1");
    fs::create_directory(other);
    fs::permissions(other, fs::perms::owner_all);
    directory.write("other/user_api_key", "0123456789abcdef0123456789abcdef\n");
    fs::permissions(other / "user_api_key", fs::perms::owner_read);
    auto const wrong = run(2, {"check", "--data", other, "--database", where});
    BOOST_TEST(has(wrong, "user_api_key is not that of the others who serve this database"), wrong);
    BOOST_TEST(!has(wrong, "authority is gone"), wrong);

    run_raw("UPDATE trafikito_schema SET version = 1000");
    auto const newer = run(2, {"check", "--data", data, "--database", where});
    BOOST_TEST(has(newer, "written by a newer trafikito-server (schema 1000"), newer);
    BOOST_TEST(has(newer, ": a PostgreSQL that cannot be used, "), newer);
}

BOOST_AUTO_TEST_CASE(check_says_who_may_make_no_tables_there) {
    run_raw("CREATE ROLE may_make_no_tables LOGIN");
    auto address = where;
    auto const user = address.find("//") + 2;
    address.replace(user, address.find('@') - user, "may_make_no_tables");
    auto const text = run(2, {"check", "--data", data, "--database", address});
    run_raw("DROP ROLE may_make_no_tables");
    BOOST_TEST(has(text, "this user may make no tables in it"), text);
}

BOOST_AUTO_TEST_CASE(an_address_with_a_password_is_told_nobody_and_found_all_the_same) {
    {
        variable const database("TRAFIKITO_DATABASE", with_password());
        serve({});
    }
    add_server("web1");
    BOOST_TEST(has(run(0, {"servers", "--data", data}), "web1"));
    auto const checked = run(0, {"check", "--data", data});
    BOOST_TEST(has(checked, ": a PostgreSQL, schema "), checked);
    for (auto const& one : fs::directory_iterator(data)) {
        BOOST_TEST(!has(test::read_file(one.path()), "secret-of-the-test"), one.path());
    }
    serving->signal(SIGKILL);
    serving->wait();
    BOOST_TEST(!has(serving->output(), "secret-of-the-test"));
    auto const after = run(1, {"servers", "--data", data});
    BOOST_TEST(has(after, "set TRAFIKITO_DATABASE to it for this command, too"), after);
}

BOOST_AUTO_TEST_CASE(why_knows_that_another_server_has_the_database) {
    serve();
    add_server("web1");
    auto const other = directory.path() / "other";
    auto const text = run(1, {"why", "--data", other, "--database", where, "web1"});
    BOOST_TEST(has(text, ", which another one serves"), text);
    BOOST_TEST(!has(text, "nothing is received"), text);
    stop();
    BOOST_TEST(test::eventually([&] {
        auto const after =
            test::run_server({"why", "--data", other, "--database", where, "web1"}).output;
        return has(after, "no trafikito-server serves ");
    }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
