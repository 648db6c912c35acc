#include "server/cli/offer.hpp"

#include "server/security/certificates.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>
#include <string>

namespace {

using namespace trafikito;
using namespace trafikito::server;

struct fixture {
    fixture() {
        options.data = directory.path();
        make_certificates();
    }
    void make_certificates() const {
        security::ensure_certificates(directory.path(), {"localhost"},
                                      std::chrono::system_clock::now());
    }
    [[nodiscard]] std::string file(std::string const& name) const {
        return test::read_file(directory.path() / name);
    }
    [[nodiscard]] cli::shown shown() const {
        return {8443, file("server.pem"), directory.path() / "ca.pem"};
    }

    test::temporary_directory directory;
    cli::serve_options options;
    base::log log{[](std::string_view) {}, base::severity::info, base::log::format::journal};
    cli::offer_maker offers{options, log};
};

BOOST_FIXTURE_TEST_SUITE(offer, fixture)

BOOST_AUTO_TEST_CASE(an_authority_made_anew_is_offered_once_from_then_on) {
    auto const before = file("ca.pem");
    BOOST_TEST(offers.make(shown()).way.authority == before);
    BOOST_TEST(!offers.make_if_outdated(shown()));

    std::filesystem::remove(directory.path() / "ca.pem");
    make_certificates();
    auto const after = file("ca.pem");
    BOOST_REQUIRE(after != before);
    auto const made = offers.make_if_outdated(shown());
    BOOST_REQUIRE(made);
    BOOST_TEST(made->way.authority == after);
    BOOST_TEST(!offers.make_if_outdated(shown()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
