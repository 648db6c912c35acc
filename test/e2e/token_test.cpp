// Both programs: a machine that enrols with a token.
#include "test/e2e/self_hosted.hpp"
#include "test/support/program.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

namespace {

using namespace trafikito::test;

struct fixture {
    temporary_directory here;
    self_hosted server;

    std::string token(std::vector<std::string> more = {}) {
        more.insert(more.begin(), {"enroll-command", "--token-only"});
        auto const made = server.run(std::move(more));
        BOOST_TEST(exited(made, 0));
        return made.out;
    }
    finished enroll(std::string const& token, std::string const& name) {
        here.write("token", token);
        return run({TRAFIKITO_AGENT, "enroll", "--api-url", server.url(), "--user-api-key-file",
                    (here.path() / "token").string(), "--workspace-id", "default", "--server-name",
                    name, "--base-dir", base(name), "--ca-file", server.ca_file().string()},
                   {"PATH=/usr/bin:/bin"});
    }
    finished report(std::string const& name) {
        return run({TRAFIKITO_AGENT, "--config", base(name) + "/etc/trafikito.cfg", "--once"},
                   {"PATH=/usr/bin:/bin", "TRAFIKITO_INTERVAL=1s"});
    }
    std::string base(std::string const& name) const { return (here.path() / name).string(); }
};

bool has(std::string const& text, std::string_view part) {
    BOOST_TEST_INFO(text);
    return text.find(part) != text.npos;
}

BOOST_FIXTURE_TEST_SUITE(token, fixture)

BOOST_AUTO_TEST_CASE(a_machine_enrols_and_counts_with_its_report) {
    auto const secret = fixture::token();
    BOOST_TEST(exited(enroll(secret, "one"), 0));
    BOOST_TEST(has(server.run({"tokens"}).out, "  0/1       1        -     valid"));
    BOOST_TEST(exited(report("one"), 0));
    BOOST_TEST(has(server.run({"tokens"}).out, "  1/1       0        -     used up"));
    auto const refused = enroll(secret, "two");
    BOOST_TEST(exited(refused, 1));
    BOOST_TEST(has(refused.err, "`trafikito-server enroll-command`"));
    BOOST_TEST(!std::filesystem::exists(base("two") + "/etc/trafikito.cfg"));
    auto const stopped = server.stop();
    BOOST_TEST(!has(stopped.err, secret.substr(0, 20)));
}

BOOST_AUTO_TEST_CASE(revoking_the_token_stops_a_machine_that_has_not_reported) {
    auto const secret = fixture::token({"--machines", "2", "--valid", "1h"});
    BOOST_TEST(exited(enroll(secret, "one"), 0));
    BOOST_TEST(exited(report("one"), 0));
    BOOST_TEST(exited(enroll(secret, "two"), 0));
    auto const listed = server.run({"tokens"}).out;
    auto const id = listed.substr(listed.find('\n') + 1, 12);
    BOOST_TEST(has(server.run({"tokens", "revoke", id}).out, "removed 1 server"));
    report("two");
    BOOST_TEST(std::filesystem::exists(base("two") + "/var/STOP"));
    BOOST_TEST(exited(report("one"), 0));
    auto const refused = enroll(secret, "three");
    BOOST_TEST(exited(refused, 1));
    BOOST_TEST(has(refused.err, "revoked"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
