// Suite values: `trafikito-server values`, and values.conf while a server runs: what is listed,
// what a rule that is tried finds, and that a slip is said and changes nothing.
#include "net/api/report.hpp"
#include "server/security/secrets.hpp"
#include "server/store/store.hpp"
#include "test/server/child.hpp"
#include "test/server/http/tls_client.hpp"
#include "test/support/contains.hpp"
#include "test/support/eventually.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace trafikito;
namespace fs = std::filesystem;
using test::contains;

constexpr char const* free_output =
    "              total        used        free      shared  buff/cache   available\n"
    "Mem:        2035412      305328      186276       19988     1543808     1519696\n"
    "Swap:             0           0           0\n";

struct fixture {
    test::temporary_directory directory;
    fs::path data = directory.path() / "data";
    fs::path port_file = directory.path() / "port";
    std::unique_ptr<test::child> serving;

    void serve() {
        serving = std::make_unique<test::child>(
            std::vector<std::string>{"serve", "--data", data, "--listen", "127.0.0.1:0",
                                     "--port-file", port_file, "--min-interval", "0"});
        BOOST_REQUIRE(serving->wrote("certificate authority: "));
        BOOST_REQUIRE(test::eventually([&] { return fs::exists(port_file); }));
    }
    void add_server() const {
        server::store::store(data / "trafikito.db", server::store::access::read_write, [] {
            return std::chrono::system_clock::now();
        }).add_server("srv-1", "host1", server::security::sha256("key-1"));
    }
    /// As its agent does.
    void report(std::string const& sections) const {
        std::string body = "--x\r\nContent-Disposition: form-data; name=\"output\"; "
                           "filename=\"trafikito.tmp\"\r\n\r\n" +
                           sections +
                           "\r\n--x\r\nContent-Disposition: form-data; "
                           "name=\"serverId\"\r\n\r\nsrv-1\r\n--x\r\nContent-Disposition: "
                           "form-data; name=\"serverApiKey\"\r\n\r\nkey-1\r\n--x--\r\n";
        auto const port = static_cast<unsigned short>(std::stoi(test::read_file(port_file)));
        test::tls_client client(port, data / "ca.pem", "localhost");
        BOOST_REQUIRE(client.connected());
        client.send("POST /v2/agent/save_output HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                    "multipart/form-data; boundary=x\r\nConnection: close\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body);
        BOOST_REQUIRE(client.receive().ends_with("OK"));
    }
    static std::string section(std::string const& command, std::string const& output) {
        return std::string(net::api::command_marker) + command + '\n' + output;
    }
    void write_rules(std::string const& text) const {
        auto const beside = data / "values.conf.new";
        std::ofstream(beside) << text;
        fs::rename(beside, data / "values.conf");
    }
    test::ended_server run(std::vector<std::string> more) const {
        std::vector<std::string> words{"values", "--data", data};
        words.insert(words.end(), more.begin(), more.end());
        return test::run_server(words);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(values, fixture)

BOOST_AUTO_TEST_CASE(what_was_taken_is_listed_and_rules_are_tried) {
    serve();
    add_server();
    BOOST_TEST(contains(run({"host1"}).output, "no values yet"));
    BOOST_TEST(contains(run({"host1", "--try", "trafikito_free x = number"}).output,
                        "has not sent a report yet"));
    report(section("trafikito_free", free_output) +
           section("trafikito_check", "OK | '\x1b[2Jx'=5s\n"));
    auto const listed = run({"host1"});
    BOOST_TEST(listed.status == 0);
    BOOST_TEST(contains(listed.output, "NAME"));
    BOOST_TEST(contains(listed.output, "memory_total_bytes"));
    BOOST_TEST(contains(listed.output, "25.34"), listed.output);
    BOOST_TEST(contains(listed.output, "trafikito_free"));
    BOOST_TEST(!contains(listed.output, "\x1b"));
    auto const as_json = boost::json::parse(run({"host1", "--json"}).output).as_array();
    BOOST_TEST(as_json.size() == 6U);
    BOOST_TEST(as_json[0].at("command") == "trafikito_check");
    BOOST_TEST(as_json[0].at("unit") == "s");

    auto const tried =
        run({"host1", "--try", "trafikito_free u = row \"Mem:\" column \"used\", unit KiB"});
    BOOST_TEST(tried.status == 0);
    BOOST_TEST(contains(tried.output, std::to_string(305328 * 1024)), tried.output);
    auto const none = run({"host1", "--try", "trafikito_free u = row \"Mem:\" column \"usd\""});
    BOOST_TEST(none.status == 1);
    BOOST_TEST(contains(none.output, "no row has the heading \"usd\"; there are \"total\""));
    auto const missing = run({"host1", "--try", "trafikito_x u = number", "--json"});
    BOOST_TEST(missing.status == 1);
    BOOST_TEST(boost::json::parse(missing.output).at("why") ==
               "its latest report has no output of trafikito_x");
    auto const wrong = run({"host1", "--try", "trafikito_free u = rwo 1"});
    BOOST_TEST(wrong.status == 1);
    BOOST_TEST(contains(wrong.output, "Did you mean row?"), wrong.output);
    BOOST_TEST(run({"host2"}).status == 1);
}

BOOST_AUTO_TEST_CASE(a_file_that_changes_holds_within_seconds_and_one_with_a_slip_never) {
    serve();
    add_server();
    write_rules("trafikito_x first = number\n");
    BOOST_REQUIRE(serving->wrote("values are taken by 1 rule of"));
    report(section("trafikito_x", "5\n"));
    BOOST_TEST(contains(run({"host1"}).output, "first"));
    write_rules("trafikito_x second = number\ntrafikito_x third == number\n");
    BOOST_REQUIRE(serving->wrote("values.conf:2:20: "));
    BOOST_REQUIRE(serving->wrote("stay as they were: 1 mistake"));
    report(section("trafikito_x", "6\n"));
    BOOST_TEST(!contains(run({"host1"}).output, "second"));
    fs::remove(data / "values.conf");
    BOOST_REQUIRE(serving->wrote("values.conf is gone"));
}

BOOST_AUTO_TEST_CASE(check_says_where_a_slip_is) {
    serve();
    write_rules("# ours\n\ntrafikito_x v = nmber\n");
    auto const found = test::run_server({"check", "--data", data});
    BOOST_TEST(found.status == 2);
    BOOST_TEST(contains(found.output, (data / "values.conf").string() +
                                          ":3:17: error: there is no way to find a value"),
               found.output);
    BOOST_TEST(contains(found.output, "Did you mean number?"));
    fs::remove(data / "values.conf");
    fs::create_directory(data / "values.conf");
    auto const folder = test::run_server({"check", "--data", data});
    BOOST_TEST(folder.status == 2);
    BOOST_TEST(contains(folder.output, "the file of rules is a directory"), folder.output);
}

BOOST_AUTO_TEST_CASE(the_example_is_right) {
    serve();
    fs::copy_file(TRAFIKITO_EXAMPLES "/values.conf", data / "values.conf");
    auto const found = test::run_server({"check", "--data", data});
    BOOST_TEST(!contains(found.output, "values.conf"), found.output);
}

BOOST_AUTO_TEST_SUITE_END()
