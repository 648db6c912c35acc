#include "server/security/certificates.hpp"

#include "server/security/data_file.hpp"
#include "server/security/x509.hpp"
#include "test/support/certificates.hpp"
#include "test/support/temporary_directory.hpp"

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

namespace {

using namespace trafikito;
using namespace trafikito::server;

struct fixture {
    test::temporary_directory directory;
    base::wall_time now = std::chrono::system_clock::now();
    std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
    std::vector<std::string> log;

    security::certificate_files ensure() {
        return security::ensure_certificates(
            directory.path(), names, now,
            [this](std::string_view line) { log.emplace_back(line); });
    }
    std::string content(char const* name) const { return test::read_file(directory.path() / name); }

    // As a client does it: chain, purpose, time and name.
    int verify(std::string const& name, base::wall_time when) const {
        auto const authority = security::certificate_from_pem(content("ca.pem"));
        auto const leaf = security::certificate_from_pem(content("server.pem"));
        std::unique_ptr<X509_STORE, security::freed_by<X509_STORE_free>> const trusted(
            X509_STORE_new());
        std::unique_ptr<X509_STORE_CTX, security::freed_by<X509_STORE_CTX_free>> const context(
            X509_STORE_CTX_new());
        X509_STORE_add_cert(trusted.get(), authority.get());
        X509_STORE_CTX_init(context.get(), trusted.get(), leaf.get(), nullptr);
        auto* const parameters = X509_STORE_CTX_get0_param(context.get());
        X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER);
        X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT);
        X509_VERIFY_PARAM_set_time(parameters, std::chrono::system_clock::to_time_t(when));
        if (X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) != 1) {
            X509_VERIFY_PARAM_set1_host(parameters, name.c_str(), 0);
        }
        X509_verify_cert(context.get());
        return X509_STORE_CTX_get_error(context.get());
    }
};

unsigned mode_of(std::filesystem::path const& path) {
    return static_cast<unsigned>(std::filesystem::status(path).permissions());
}

BOOST_FIXTURE_TEST_SUITE(certificates, fixture)

BOOST_AUTO_TEST_CASE(the_first_start_makes_a_chain_that_clients_verify) {
    ensure();
    for (auto const& name : names) {
        BOOST_TEST(verify(name, now) == X509_V_OK, name);
    }
    BOOST_TEST(verify("example.org", now) == X509_V_ERR_HOSTNAME_MISMATCH);
    BOOST_TEST(verify("127.0.0.2", now) == X509_V_ERR_IP_ADDRESS_MISMATCH);
    BOOST_TEST(verify("localhost", now + std::chrono::hours(24 * 830)) ==
               X509_V_ERR_CERT_HAS_EXPIRED);
    BOOST_TEST(mode_of(directory.path() / "ca.key") == 0600U);
    BOOST_TEST(mode_of(directory.path() / "server.key") == 0600U);
}

BOOST_AUTO_TEST_CASE(the_authority_may_sign_servers_and_nothing_else) {
    ensure();
    auto const authority = security::certificate_from_pem(content("ca.pem"));
    auto const leaf = security::certificate_from_pem(content("server.pem"));
    BOOST_TEST(X509_check_ca(authority.get()) == 1);
    BOOST_TEST(X509_get_pathlen(authority.get()) == 0);
    BOOST_TEST(X509_check_ca(leaf.get()) == 0);
}

BOOST_AUTO_TEST_CASE(the_next_start_changes_nothing) {
    ensure();
    auto const before =
        content("server.pem") + content("ca.pem") + content("ca.key") + content("server.key");
    ensure();
    BOOST_TEST(content("server.pem") + content("ca.pem") + content("ca.key") +
                   content("server.key") ==
               before);
    BOOST_TEST(log.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_certificate_is_renewed_in_its_last_thirty_days) {
    ensure();
    auto const first = content("server.pem");
    auto const authority = content("ca.pem");
    now += std::chrono::hours(24 * 794);
    ensure();
    BOOST_TEST(content("server.pem") == first);
    now += std::chrono::hours(24 * 2);
    ensure();
    BOOST_TEST(content("server.pem") != first);
    BOOST_TEST(content("ca.pem") == authority);
    BOOST_TEST(verify("localhost", now + std::chrono::hours(24 * 800)) == X509_V_OK);
}

BOOST_AUTO_TEST_CASE(a_missing_name_is_added) {
    ensure();
    names.emplace_back("monitor.example.org");
    ensure();
    BOOST_TEST(verify("monitor.example.org", now) == X509_V_OK);
    BOOST_TEST(verify("localhost", now) == X509_V_OK);
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_key_or_authority_is_made_anew) {
    ensure();
    std::filesystem::remove(directory.path() / "server.key");
    ensure();
    BOOST_TEST(verify("localhost", now) == X509_V_OK);
    std::filesystem::remove(directory.path() / "ca.key");
    std::filesystem::remove(directory.path() / "ca.pem");
    ensure();
    BOOST_TEST(verify("localhost", now) == X509_V_OK);
}

BOOST_AUTO_TEST_CASE(an_authority_without_its_key_is_never_replaced) {
    ensure();
    auto const authority = content("ca.pem");
    std::filesystem::remove(directory.path() / "ca.key");
    BOOST_CHECK_THROW(ensure(), std::runtime_error);
    BOOST_TEST(content("ca.pem") == authority);
    directory.write("ca.key", security::to_pem(security::make_key().get()));
    BOOST_CHECK_THROW(ensure(), std::runtime_error);
    directory.write("ca.key", "not a key");
    BOOST_CHECK_THROW(ensure(), std::runtime_error);
    BOOST_TEST(content("ca.pem") == authority);
    BOOST_TEST(content("ca.key") == "not a key");
}

BOOST_AUTO_TEST_CASE(an_old_authority_is_said_and_never_outlived) {
    ensure();
    now += std::chrono::hours(24 * 3640);
    ensure();
    BOOST_TEST(log.size() == 3U);
    BOOST_TEST(verify("localhost", now) == X509_V_OK);
    BOOST_TEST(verify("localhost", now + std::chrono::hours(24 * 11)) ==
               X509_V_ERR_CERT_HAS_EXPIRED);
}

BOOST_AUTO_TEST_CASE(names_are_the_usual_ones_and_more_each_once) {
    auto const all = security::certificate_names(
        {"localhost", "0.0.0.0", "::", "not a name", "a.example", "10.0.0.1"});
    auto const count = [&](char const* name) { return std::count(all.begin(), all.end(), name); };
    for (auto const* name : {"localhost", "127.0.0.1", "::1", "a.example", "10.0.0.1"}) {
        BOOST_TEST(count(name) == 1, name);
    }
    for (auto const* name : {"0.0.0.0", "::", "not a name"}) {
        BOOST_TEST(count(name) == 0, name);
    }
    BOOST_TEST(!security::valid_certificate_name("a,DNS:b"));
    BOOST_TEST(!security::valid_certificate_name(""));
}

BOOST_AUTO_TEST_CASE(ones_own_without_a_subject_alt_name_is_told) {
    test::temporary_directory const here;
    test::certificate_wish wish;
    wish.common_name = "localhost";
    auto const old = here.write("old.pem", test::self_signed(wish).certificate);
    BOOST_TEST(security::fault_of_certificate(old).find("subjectAltName") != std::string::npos);
    wish.names = {"localhost"};
    auto const good = here.write("good.pem", test::self_signed(wish).certificate);
    BOOST_TEST(security::fault_of_certificate(good) == "");
    BOOST_TEST(security::fault_of_certificate(here.path() / "none") == "");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
