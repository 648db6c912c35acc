#include "server/cli/way_here.hpp"

#include "server/api/server_url.hpp"
#include "server/security/certificates.hpp"
#include "server/security/data_file.hpp"
#include "test/support/certificates.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <unistd.h>

namespace {

using namespace trafikito;
using server::api::host_of;
using server::cli::find_way_here;

std::string machine_name() {
    char name[256] = {};
    ::gethostname(name, sizeof name - 1);
    return name;
}

struct own_certificate {
    test::temporary_directory directory;
    server::cli::serve_options options;

    server::cli::way_here way() {
        auto more = options.host_names;
        more.push_back(options.address);
        if (options.public_url) {
            more.push_back(host_of(*options.public_url));
        }
        auto const made = server::security::ensure_certificates(
            directory.path(), server::security::certificate_names(more),
            std::chrono::system_clock::now());
        return find_way_here(options, 8443, test::read_file(made.files.certificate),
                             test::read_file(made.files.authority));
    }
};

struct system_trust { // as OpenSSL finds it
    explicit system_trust(test::certificate_authority const& authority) {
        here.write("trusted.pem", authority.certificate());
        ::setenv("SSL_CERT_FILE", (here.path() / "trusted.pem").c_str(), 1);
    }
    ~system_trust() { ::unsetenv("SSL_CERT_FILE"); }
    system_trust(system_trust const&) = delete;
    system_trust& operator=(system_trust const&) = delete;
    test::temporary_directory here;
};

BOOST_FIXTURE_TEST_SUITE(way_here, own_certificate)

BOOST_AUTO_TEST_CASE(what_listens_everywhere_is_called_by_a_name_that_others_can_use) {
    options.address = "0.0.0.0";
    BOOST_TEST(way().url == "https://" + machine_name() + ":8443");
    bool const is_known = machine_name().find('.') != std::string::npos;
    BOOST_TEST((way().fault.find("--host-name") == std::string::npos) == is_known);
    BOOST_TEST(way().authority.starts_with("-----BEGIN CERTIFICATE-----"));
    BOOST_TEST(!way().believed);
    options.host_names = {"localhost", "trafikito.example", "other.example"};
    BOOST_TEST(way().url == "https://trafikito.example:8443");
    BOOST_TEST(way().fault.empty());
    options.public_url = "https://balancer.example";
    BOOST_TEST(way().url == "https://balancer.example");
    BOOST_TEST(way().fault.empty());
}

BOOST_AUTO_TEST_CASE(one_address_is_that_address) {
    options.address = "192.0.2.7";
    BOOST_TEST(way().url == "https://192.0.2.7:8443");
    options.address = "2001:db8::7";
    BOOST_TEST(way().url == "https://[2001:db8::7]:8443");
    BOOST_TEST(way().fault.empty());
    options.host_names = {"trafikito.example"};
    BOOST_TEST(way().url == "https://trafikito.example:8443");
}

BOOST_AUTO_TEST_CASE(that_nobody_else_can_come_is_said) {
    options.address = "127.0.0.1";
    options.host_names = {"trafikito.example"};
    BOOST_TEST(way().url == "https://127.0.0.1:8443");
    BOOST_TEST(way().fault.find("only this machine") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_pin_is_that_of_the_key_that_stays) {
    auto const before = way().pin;
    BOOST_TEST(before.starts_with("sha256/"));
    BOOST_TEST(before.size() == 51U);
    options.host_names = {"another.example"}; // a new certificate of the same key
    BOOST_TEST(way().pin == before);
}

BOOST_AUTO_TEST_CASE(a_public_certificate_needs_no_pin_and_no_authority) {
    test::certificate_authority const authority;
    auto const issued = authority.issue({.names = {"*.example", "trafikito.example"}});
    options.address = "0.0.0.0";
    options.host_names = {"trafikito.example"};
    {
        system_trust const here(authority);
        auto const way = find_way_here(options, 443, issued.certificate, "");
        BOOST_TEST(way.believed);
        BOOST_TEST(way.authority.empty());
        BOOST_TEST(way.fault.empty());
        options.public_url = "https://elsewhere.test"; // it is not for that
        auto const other = find_way_here(options, 443, issued.certificate, "");
        BOOST_TEST(!other.believed);
        BOOST_TEST(other.fault.find("for *.example, trafikito.example only") != std::string::npos);
        options.public_url.reset();
    }
    auto const private_one = find_way_here(options, 443, issued.certificate, "");
    BOOST_TEST(!private_one.believed);
    BOOST_TEST(private_one.fault.find("authority's own certificate") != std::string::npos);
    auto const with_authority =
        find_way_here(options, 443, issued.certificate + authority.certificate(), "");
    BOOST_TEST(with_authority.fault.empty());
    BOOST_TEST(with_authority.authority == authority.certificate());
}

BOOST_AUTO_TEST_CASE(a_self_signed_one_is_its_own_authority) {
    options.address = "0.0.0.0";
    auto const made = test::self_signed({.names = {"trafikito.example"}});
    auto const way = find_way_here(options, 8443, made.certificate, "");
    BOOST_TEST(way.url == "https://trafikito.example:8443"); // the only name that will do
    BOOST_TEST(way.authority == made.certificate);
    BOOST_TEST(way.fault.empty());
}

BOOST_AUTO_TEST_CASE(it_is_read_as_it_was_written) {
    options.address = "127.0.0.1";
    auto written = way();
    written.agent_files = true;
    auto const read = server::cli::way_in(server::cli::to_text(written)).value();
    written.authority.clear(); // nobody asks for it
    BOOST_TEST((read == written));
}

// Its owner is the server's user, and who reads it may be root, who copies the line.
BOOST_AUTO_TEST_CASE(nothing_in_it_gets_into_a_command_line) {
    auto const with = [&](std::string const& from, std::string const& to) {
        auto text = server::cli::to_text(way());
        text.replace(text.find(from), from.size(), to);
        return server::cli::way_in(text).has_value();
    };
    BOOST_TEST(with("url = ", "url = "));
    BOOST_TEST(!with("url = https://", "url = https://$(id)"));
    BOOST_TEST(!with("pin = sha256/", "pin = sha256/'"));
    BOOST_TEST(!with("fault = ", "fault = \x1b[2J"));
    BOOST_TEST(!with("fault = ", "default = "));
    BOOST_TEST(!server::cli::way_in("").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
