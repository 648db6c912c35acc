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
        auto ensured = security::ensure_certificates(directory.path(), names, now);
        log.insert(log.end(), ensured.made.begin(), ensured.made.end());
        return ensured.files;
    }
    std::string content(char const* name) const { return test::read_file(directory.path() / name); }

    // As a client does it: chain, purpose, time and name.
    [[nodiscard]] int verify(std::string const& name, base::wall_time when) const {
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
    BOOST_TEST(log.size() == 2U);
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

BOOST_AUTO_TEST_CASE(an_old_authority_is_never_outlived_nor_its_certificate_made_again_and_again) {
    ensure();
    now += std::chrono::hours(24 * 3640);
    ensure();
    auto const last = content("server.pem");
    BOOST_TEST(log.size() == 3U);
    BOOST_TEST(verify("localhost", now) == X509_V_OK);
    BOOST_TEST(verify("localhost", now + std::chrono::hours(24 * 11)) ==
               X509_V_ERR_CERT_HAS_EXPIRED);
    for (int hours = 0; hours < 24 * 20; hours += 24) {
        now += std::chrono::hours(24);
        ensure();
    }
    BOOST_TEST(content("server.pem") == last);
}

BOOST_AUTO_TEST_CASE(what_is_made_while_the_clock_is_wrong_is_valid_when_it_is_right) {
    auto const right = now;
    for (auto const wrong : {right + std::chrono::hours(24 * 365 * 30), base::wall_time{}}) {
        for (auto const* name : {"ca.pem", "ca.key", "server.pem", "server.key"}) {
            std::filesystem::remove(directory.path() / name);
        }
        now = wrong;
        ensure();
        BOOST_TEST(verify("localhost", right) == X509_V_OK);
    }
}

BOOST_AUTO_TEST_CASE(
    a_certificate_that_is_not_valid_yet_or_no_more_is_made_anew_with_the_same_key) {
    ensure();
    auto const key = security::key_from_pem(content("server.key"));
    auto const authority = security::certificate_from_pem(content("ca.pem"));
    auto const authority_key = security::key_from_pem(content("ca.key"));
    auto const keys = content("server.key") + content("ca.key");
    struct {
        long from;
        long to;
    } const times[] = {{86400L * 30, 86400L * 900}, {-86400L * 30, -86400}, {3600, 7200}};
    for (auto const& [from, to] : times) {
        auto const odd = security::make_server_certificate(key.get(), names, authority.get(),
                                                           authority_key.get(), now);
        X509_gmtime_adj(X509_getm_notBefore(odd.get()), from);
        X509_gmtime_adj(X509_getm_notAfter(odd.get()), to);
        X509_sign(odd.get(), authority_key.get(), EVP_sha256());
        directory.write("server.pem", security::to_pem(odd.get()));
        BOOST_TEST(verify("localhost", now) != X509_V_OK);
        ensure();
        BOOST_TEST(verify("localhost", now) == X509_V_OK);
    }
    BOOST_TEST(content("server.key") + content("ca.key") == keys);
    BOOST_TEST(log.size() == 5U);
    BOOST_TEST(log.at(2).find("it was not valid yet") != std::string::npos);
    BOOST_TEST(log.at(3).find("it had expired") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(
    a_certificate_that_was_made_while_the_clock_was_ahead_is_made_anew_when_it_is_right) {
    auto const right = now;
    now += std::chrono::hours(24 * 365 * 30);
    ensure();
    auto const authority = content("ca.pem");
    now = right;
    ensure();
    BOOST_TEST(log.back().find("it was made while the clock was ahead") != std::string::npos);
    BOOST_TEST(verify("localhost", right + std::chrono::hours(24 * 824)) == X509_V_OK);
    BOOST_TEST(verify("localhost", right + std::chrono::hours(24 * 826)) ==
               X509_V_ERR_CERT_HAS_EXPIRED);
    BOOST_TEST(content("ca.pem") == authority);
    auto const made = content("server.pem");
    ensure();
    now = base::wall_time{}; // proves nothing of anything
    ensure();
    BOOST_TEST(content("server.pem") == made);
}

BOOST_AUTO_TEST_CASE(a_clock_beyond_all_reckoning_makes_what_is_valid_too) {
    auto const right = now;
    now = base::wall_time::max();
    ensure();
    BOOST_TEST(verify("localhost", right) == X509_V_OK);
}

BOOST_AUTO_TEST_CASE(an_authority_that_may_not_sign_is_refused_and_kept) {
    test::certificate_wish wish;
    wish.names = {"localhost"};
    auto const no_authority = test::self_signed(wish);
    directory.write("ca.pem", no_authority.certificate);
    directory.write("ca.key", no_authority.key);
    BOOST_CHECK_EXCEPTION(ensure(), std::runtime_error, [](std::runtime_error const& failed) {
        return std::string(failed.what()).find("may not sign certificates") != std::string::npos;
    });
    BOOST_TEST(content("ca.pem") == no_authority.certificate);
}

BOOST_AUTO_TEST_CASE(a_certificate_of_an_authority_of_another_name_is_made_anew) {
    ensure();
    auto const key = security::key_from_pem(content("ca.key"));
    directory.write("ca.pem",
                    security::to_pem(security::make_authority(key.get(), "Another", now).get()));
    BOOST_TEST(verify("localhost", now) != X509_V_OK);
    ensure();
    BOOST_TEST(verify("localhost", now) == X509_V_OK);
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

// The files are another machine's, or this one has another name by now.
BOOST_AUTO_TEST_CASE(an_authority_that_is_made_anew_keeps_its_name) {
    auto const key = security::make_key();
    directory.write("ca.key", security::to_pem(key.get()));
    directory.write(
        "ca.pem",
        security::to_pem(security::make_authority(key.get(), "Of another machine", now).get()));
    ensure();
    auto const server = content("server.pem");
    auto const before = content("ca.pem");
    std::filesystem::remove(directory.path() / "ca.pem");
    now += std::chrono::hours(1);
    ensure();
    BOOST_TEST(content("ca.pem") != before);
    BOOST_TEST(content("server.pem") == server);
    BOOST_TEST(security::subject_of(security::certificate_from_pem(content("ca.pem")).get()) ==
               "CN = Of another machine");
    BOOST_TEST(verify("localhost", now) == X509_V_OK);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
