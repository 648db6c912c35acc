#include "agent/persistence/machine.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <string>

using namespace trafikito;
namespace persistence = agent::persistence;

namespace {

constexpr char const* an_id = "0123456789abcdef0123456789abcdef";

struct machine_fixture {
    machine_fixture() {
        for (auto const* folder : {"etc", "var/lib/dbus", "proc/sys/kernel/random"}) {
            std::filesystem::create_directories(here.path() / folder);
        }
    }

    std::string fingerprint(std::string const& text) {
        (void)here.write("etc/machine-id", text);
        return persistence::machine_fingerprint(here.path());
    }
    std::string boot(std::string const& text) {
        (void)here.write("proc/sys/kernel/random/boot_id", text);
        return persistence::boot_id(here.path());
    }

    test::temporary_directory here;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(machine, machine_fixture)

BOOST_AUTO_TEST_CASE(a_machine_id_makes_a_fingerprint_that_does_not_tell_it) {
    auto const print = fingerprint(std::string(an_id) + "\n");
    BOOST_TEST(print.size() == 32U);
    BOOST_TEST(print != an_id);
    BOOST_TEST(print == fingerprint("0123456789ABCDEF0123456789ABCDEF"));
    BOOST_TEST(print != fingerprint("1123456789abcdef0123456789abcdef"));
}

BOOST_AUTO_TEST_CASE(what_is_no_machine_id_makes_none) {
    BOOST_TEST(persistence::machine_fingerprint(here.path()) == "");
    for (std::string const text :
         {"", "\n", "uninitialized\n", "00000000000000000000000000000000\n",
          "0123456789abcdef0123456789abcde\n", "0123456789abcdef0123456789abcdeg\n",
          "0123456789abcdef0123456789abcdef0\n"}) {
        BOOST_TEST(fingerprint(text) == "", text);
    }
    BOOST_TEST(fingerprint(std::string(1'000'000, '1')) == "");
}

BOOST_AUTO_TEST_CASE(d_bus_has_one_where_the_other_is_missing) {
    (void)here.write("var/lib/dbus/machine-id", an_id);
    auto const print = persistence::machine_fingerprint(here.path());
    BOOST_TEST(print != "");
    BOOST_TEST(print == fingerprint(an_id));
    BOOST_TEST(fingerprint("uninitialized") == ""); // an image's may be older than that
}

BOOST_AUTO_TEST_CASE(a_boot_id_is_a_uuid) {
    BOOST_TEST(persistence::boot_id(here.path()) == "");
    BOOST_TEST(boot("26081C12-561c-448b-af55-b5e23808ae11\n") ==
               "26081c12-561c-448b-af55-b5e23808ae11");
    BOOST_TEST(boot("26081c12-561c-448b-af55-b5e23808ae1") == "");
    BOOST_TEST(boot("26081c12 561c-448b-af55-b5e23808ae11") == "");
    BOOST_TEST(boot("26081c12-561c-448b-af55-b5e23808ae11\r\nEvil: yes") == "");
    BOOST_TEST(persistence::boot_id().size() == 36U); // this machine's
}

BOOST_AUTO_TEST_CASE(an_identity_is_the_server_and_whom_it_asks) {
    config::settings settings;
    settings.who.server_id = "one";
    settings.api_url = {"https://b.example", "https://a.example"};
    auto const print = persistence::identity_fingerprint(settings);
    auto turned = settings;
    turned.api_url = {"https://a.example", "https://b.example"};
    BOOST_TEST(print == persistence::identity_fingerprint(turned));
    auto another = settings;
    another.who.server_id = "two";
    BOOST_TEST(print != persistence::identity_fingerprint(another));
    another = settings;
    another.api_url = {"https://c.example"};
    BOOST_TEST(print != persistence::identity_fingerprint(another));
}

BOOST_AUTO_TEST_SUITE_END()
