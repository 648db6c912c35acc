#include "net/link/trust.hpp"

#include "net/link/tls.hpp"
#include "test/net/client_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

using namespace trafikito::net;
using namespace trafikito::test;

namespace {

struct trust_fixture {
    trust_fixture() {
        ::unsetenv("SSL_CERT_FILE");
        ::unsetenv("SSL_CERT_DIR");
        places.file = (root.path() / "cert.pem").string();
        places.directory = (root.path() / "certs").string();
        places.bundles = {(root.path() / "debian.crt").string(),
                          (root.path() / "alpine.pem").string()};
    }

    temporary_directory root;
    link::trust_places places;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(trust, trust_fixture)

BOOST_AUTO_TEST_CASE(without_any_nobody_is_trusted) {
    BOOST_TEST((link::find_trust(places).in == link::trust::nobody));
    BOOST_TEST(link::in_words(places).find("alpine.pem") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_own_places_of_openssl_come_first) {
    (void)root.write("alpine.pem", "x");
    (void)root.write("certs/4bfab552.0", "x");
    auto const found = link::find_trust(places);
    BOOST_TEST((found.in == link::trust::system));
    BOOST_TEST(found.bundle == "");
}

BOOST_AUTO_TEST_CASE(the_first_bundle_that_holds_something_does_where_they_are_empty) {
    (void)root.write("certs/README", "x");
    (void)root.write("cert.pem", "");
    (void)root.write("alpine.pem", "x");
    BOOST_TEST(link::find_trust(places).bundle == places.bundles.at(1));
    (void)root.write("debian.crt", "x");
    BOOST_TEST(link::find_trust(places).bundle == places.bundles.at(0));
}

BOOST_AUTO_TEST_CASE(the_environment_says_it_alone) {
    ::setenv("SSL_CERT_FILE", "/of/mine.pem", 1);
    auto const chosen = link::system_trust_places();
    ::unsetenv("SSL_CERT_FILE");
    BOOST_TEST(chosen.file == "/of/mine.pem");
    BOOST_TEST(chosen.bundles.empty());
    BOOST_TEST(link::system_trust_places().bundles.size() == 5U);
}

BOOST_AUTO_TEST_CASE(a_context_trusts_the_authorities_of_the_bundle) {
    certificate_authority const authority;
    (void)root.write("alpine.pem", authority.certificate());
    link::tls_settings settings;
    settings.system = places;
    auto const context = link::make_tls_context(settings);
    BOOST_REQUIRE(context.has_value());
    auto* const store =
        ::SSL_CTX_get_cert_store(const_cast<boost::asio::ssl::context&>(*context).native_handle());
    BOOST_TEST(sk_X509_OBJECT_num(::X509_STORE_get0_objects(store)) >= 1);
    (void)root.write("debian.crt", "no certificate");
    BOOST_TEST(link::make_tls_context(settings).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
