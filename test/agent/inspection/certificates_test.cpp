#include "agent/inspection/certificates.hpp"

#include "test/support/certificates.hpp"
#include "test/support/contains.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

using namespace trafikito;
using namespace std::chrono_literals;
using agent::inspection::level;

namespace {

using test::contains;

struct certificates_fixture {
    [[nodiscard]] std::string said_at(base::moment now) const {
        agent::inspection::places const written(settings, {});
        std::string all;
        for (auto const& one : inspect_certificates(settings, written, now)) {
            all += (one.level == level::error ? "error: " : "warning: ") + one.what + " | " +
                   one.hint + "\n";
        }
        return all;
    }
    [[nodiscard]] std::string said() const { return said_at(base::wall_now()); }

    static test::certificate_wish wish(std::chrono::hours from, std::chrono::hours to) {
        test::certificate_wish made;
        made.common_name = "me";
        made.valid_from = from;
        made.valid_to = to;
        return made;
    }
    void trust(std::string const& pem) { settings.ca_file = here.write("ca.pem", pem); }
    void show(std::string const& pem) { settings.client_cert = here.write("own.pem", pem); }

    test::temporary_directory here;
    test::certificate_authority authority; ///< for 30 days from now on
    config::settings settings;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(certificates, certificates_fixture)

BOOST_AUTO_TEST_CASE(what_is_in_force_is_not_told) {
    trust(authority.certificate());
    show(authority.issue(wish(-24h, 24h * 30)).certificate);
    BOOST_TEST(said() == "");
    settings.ca_file = here.path() / "missing";
    settings.client_cert.clear();
    BOOST_TEST(said() == ""); // that is said elsewhere
}

BOOST_AUTO_TEST_CASE(an_authority_that_is_over_is_an_error) {
    trust(authority.certificate());
    auto const later = base::wall_now() + 24h * 40;
    BOOST_TEST(
        contains(said_at(later), "error: ca_file: the certificate of Test Authority expired on "));
    BOOST_TEST(contains(said_at(base::wall_now() - 24h * 400), "error: "));
    BOOST_TEST(contains(said_at(base::wall_now() - 24h * 400), "Is this machine's clock right?"));
    auto const soon = said_at(base::wall_now() + 24h * 20);
    BOOST_TEST(contains(soon, "warning: ca_file: the certificate of Test Authority expires on "));
    BOOST_TEST(contains(soon, "in 9 days"));
}

BOOST_AUTO_TEST_CASE(one_of_several_that_is_over_is_a_warning) {
    trust(authority.certificate() + test::self_signed(wish(-48h, -24h)).certificate);
    BOOST_TEST(contains(said(), "warning: ca_file: the certificate of me expired on "));
    BOOST_TEST(!contains(said(), "error"));
}

BOOST_AUTO_TEST_CASE(a_bundle_is_told_only_when_all_of_it_is_over) {
    std::string bundle = authority.certificate();
    for (int i = 0; i < 10; ++i) {
        bundle += test::self_signed(wish(-48h, -24h)).certificate;
    }
    trust(bundle);
    BOOST_TEST(said() == "");
    BOOST_TEST(contains(said_at(base::wall_now() + 24h * 40), "error"));
}

BOOST_AUTO_TEST_CASE(what_is_no_authority_is_told) {
    trust(authority.issue(wish(-24h, 24h * 30)).certificate);
    BOOST_TEST(contains(said(),
                        "warning: ca_file: there is no certificate of an authority in it, but "
                        "that of me, which Test Authority issued"));
    trust(authority.issue(wish(-24h, 24h * 30)).certificate + authority.certificate());
    BOOST_TEST(said() == "");
    trust(test::self_signed(wish(-24h, 24h * 30)).certificate); // a server's own
    BOOST_TEST(said() == "");
}

BOOST_AUTO_TEST_CASE(a_client_that_is_over_is_an_error) {
    show(authority.issue(wish(-48h, -24h)).certificate + authority.certificate());
    BOOST_TEST(contains(said(), "error: client_cert: the certificate of me expired on "));
    show(authority.issue(wish(24h, 48h)).certificate);
    BOOST_TEST(contains(said(), "error: client_cert: the certificate of me is not valid before "));
    show(authority.issue(wish(-48h, 30h)).certificate);
    BOOST_TEST(contains(said(), "warning: client_cert: the certificate of me expires on "));
    BOOST_TEST(contains(said(), "in 1 day;"));
}

BOOST_AUTO_TEST_SUITE_END()
