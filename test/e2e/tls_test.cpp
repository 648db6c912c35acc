// Suite tls: whom the agent trusts, and what it says when it does not.
#include "test/e2e/installation.hpp"

#include <boost/test/unit_test.hpp>

using namespace trafikito::test;

namespace {

/// An API whose certificate has something the matter, and an installation that talks to it.
struct tls_fixture {
    tls_fixture() : there(who) {
        there.write_config(writing::exported);
        trust(authority);
        there.environment["TRAFIKITO_RETRIES"] = "0"; // to be refused once is enough
    }

    void trust(certificate_authority const& whom) {
        there.environment["TRAFIKITO_CA_FILE"] =
            there.write("etc/ca.pem", whom.certificate()).string();
    }

    /// One cycle that must fail in the handshake, in words that hold `reason`.
    void must_fail(strict_api const& api, std::string const& reason,
                   std::string const& host = "127.0.0.1") {
        there.environment["TRAFIKITO_API_URL"] = api.url(host);
        auto const ran = there.once();
        BOOST_TEST(exited(ran, 1));
        BOOST_TEST(ran.err.find("handshake with " + host) != std::string::npos, ran.err);
        BOOST_TEST(ran.err.find(reason) != std::string::npos, ran.err);
        BOOST_TEST(ran.err.find(who.api_key) == std::string::npos, ran.err);
        BOOST_TEST(api.requests().empty());
    }

    known_agent who;
    certificate_authority authority;
    installation there;
};

certificate_wish loopback() {
    certificate_wish wish;
    wish.names = {"127.0.0.1", "localhost"};
    return wish;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(tls, tls_fixture)

BOOST_AUTO_TEST_CASE(a_name_is_as_good_as_an_address) {
    strict_api api(authority.issue(loopback()), who);
    api.answers(v2_order, {{"tok - 55 0"}});
    there.environment["TRAFIKITO_API_URL"] = api.url("localhost");
    BOOST_TEST(exited(there.once(), 0));
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_authority_is_refused) {
    strict_api api(authority.issue(loopback()), who);
    trust(certificate_authority("Somebody Else"));
    must_fail(api, "certificate");
}

BOOST_AUTO_TEST_CASE(a_private_authority_is_not_trusted_by_itself) {
    strict_api api(authority.issue(loopback()), who);
    there.environment.erase("TRAFIKITO_CA_FILE");
    must_fail(api, "ca_file");
}

BOOST_AUTO_TEST_CASE(a_certificate_for_another_host_is_refused) {
    auto wish = loopback();
    wish.names = {"api.example", "127.0.0.1"};
    strict_api api(authority.issue(wish), who);
    must_fail(api, "api.example", "localhost");
}

BOOST_AUTO_TEST_CASE(an_expired_certificate_is_refused) {
    auto wish = loopback();
    wish.valid_from = std::chrono::hours(-48);
    wish.valid_to = std::chrono::hours(-24);
    strict_api api(authority.issue(wish), who);
    must_fail(api, "expired");
}

BOOST_AUTO_TEST_CASE(a_self_signed_certificate_is_refused) {
    strict_api api(self_signed(loopback()), who);
    must_fail(api, "certificate");
}

BOOST_AUTO_TEST_CASE(plain_http_behind_https_is_never_spoken) {
    strict_api api({}, who);
    there.environment["TRAFIKITO_API_URL"] = "https://127.0.0.1:" + std::to_string(api.who().port);
    auto const ran = there.once();
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(ran.err.find("handshake with 127.0.0.1") != std::string::npos, ran.err);
    BOOST_TEST(api.requests().empty());
}

BOOST_AUTO_TEST_CASE(plain_http_to_loopback_works) {
    strict_api api({}, who);
    api.answers(v2_order, {{"tok - 55 0"}});
    there.environment["TRAFIKITO_API_URL"] = api.url();
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(api.count(v2_output) == 1U);
}

BOOST_AUTO_TEST_CASE(a_ca_file_that_is_none_is_exit_2) {
    (void)there.write("etc/ca.pem", "no certificate\n");
    auto const ran = there.once();
    BOOST_TEST(exited(ran, 2));
    BOOST_TEST(ran.err.find("ca.pem") != std::string::npos, ran.err);
}

BOOST_AUTO_TEST_CASE(nobody_there_is_exit_1_and_says_where) {
    there.environment["TRAFIKITO_API_URL"] = "https://127.0.0.1:1";
    auto const ran = there.once();
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(ran.err.find("connection to 127.0.0.1:1") != std::string::npos, ran.err);
}

BOOST_AUTO_TEST_CASE(an_api_that_says_nothing_is_given_up) {
    strict_api api(authority.issue(loopback()), who);
    api.answers(v2_order, {{"", 200, true}});
    there.environment["TRAFIKITO_API_URL"] = api.url();
    there.environment["TRAFIKITO_REQUEST_TIMEOUT"] = "500ms";
    auto const ran = there.once();
    BOOST_TEST(exited(ran, 1));
    BOOST_TEST(ran.err.find("timed out after 500 ms") != std::string::npos, ran.err);
}

BOOST_AUTO_TEST_SUITE_END()
