#include "agent/inspection/sudo_rules.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>

using namespace trafikito;
using answer = agent::inspection::sudo_rules::answer;

namespace {

answer ask(std::string_view rules, std::string_view program = "/usr/sbin/smartctl") {
    std::array<std::string, 2> const groups{"trafikito", "adm"};
    return agent::inspection::sudo_rules{std::string(rules)}.ask("trafikito", groups, program);
}

} // namespace

BOOST_AUTO_TEST_SUITE(sudo_rules)

BOOST_AUTO_TEST_CASE(a_rule_without_a_password_lets_it_run) {
    for (std::string_view const rules :
         {"trafikito ALL=(ALL) NOPASSWD: ALL", "trafikito ALL=(root) NOPASSWD:/usr/sbin/smartctl",
          "trafikito ALL = NOPASSWD: /usr/bin/df, /usr/sbin/smartctl -a /dev/sda",
          "%adm ALL=(ALL:ALL) NOPASSWD: ALL", "ALL ALL=NOPASSWD: ALL",
          "root,trafikito ALL=(ALL) NOPASSWD: ALL", "trafikito ALL=NOPASSWD: /usr/sbin/",
          "trafikito ALL=NOPASSWD: /usr/sbin/*", "trafikito ALL=NOPASSWD: DISKS",
          "MONITORS ALL=NOPASSWD: ALL", "trafikito ALL=(root) \\\n    NOPASSWD: ALL",
          "Defaults:trafikito !authenticate\ntrafikito ALL=(ALL) ALL",
          "Defaults requiretty\nDefaults:trafikito !requiretty\ntrafikito ALL=NOPASSWD: ALL"}) {
        BOOST_TEST((ask(rules) == answer::runs), rules);
    }
}

BOOST_AUTO_TEST_CASE(a_rule_with_a_password_does_not) {
    for (std::string_view const rules :
         {"trafikito ALL=(ALL) ALL", "%adm ALL=(ALL:ALL) ALL",
          "trafikito ALL=NOPASSWD: /usr/bin/df, PASSWD: /usr/sbin/smartctl",
          "trafikito ALL=NOPASSWD: ALL\ntrafikito ALL=/usr/sbin/smartctl"}) {
        BOOST_TEST((ask(rules) == answer::wants_password), rules);
    }
}

BOOST_AUTO_TEST_CASE(no_rule_refuses) {
    for (std::string_view const rules :
         {"", "root ALL=(ALL:ALL) ALL", "# trafikito ALL=NOPASSWD: ALL",
          "trafikito ALL=NOPASSWD: /usr/bin/df", "%wheel ALL=NOPASSWD: ALL",
          "Cmnd_Alias DISKS = /usr/sbin/smartctl", "nonsense", "=", " = ", "trafikito",
          "trafikito ALL=", "trafikito ALL=("}) {
        BOOST_TEST((ask(rules) == answer::refused), rules);
    }
}

BOOST_AUTO_TEST_CASE(a_terminal_may_be_demanded) {
    BOOST_TEST((ask("Defaults requiretty\ntrafikito ALL=NOPASSWD: ALL") == answer::wants_terminal));
    BOOST_TEST((ask("Defaults env_reset, requiretty\ntrafikito ALL=NOPASSWD: ALL") ==
                answer::wants_terminal));
}

BOOST_AUTO_TEST_CASE(the_folder_is_read_as_sudoers_has_it) {
    test::temporary_directory const here;
    BOOST_TEST(!agent::inspection::load_sudo_rules(here.path()));
    (void)here.write("etc/sudoers", "root ALL=ALL\n@includedir /etc/sudoers.d\n");
    (void)here.write("etc/sudoers.d/trafikito", "trafikito ALL=NOPASSWD: ALL");
    (void)here.write("etc/sudoers.d/old.dpkg-old", "other ALL=NOPASSWD: ALL");
    auto const rules = agent::inspection::load_sudo_rules(here.path());
    BOOST_REQUIRE(rules);
    BOOST_TEST(rules->text.find("trafikito ALL") != std::string::npos);
    BOOST_TEST(rules->text.find("other") == std::string::npos);
    (void)here.write("etc/sudoers", "@include /etc/other\n");
    BOOST_TEST(!agent::inspection::load_sudo_rules(here.path()));
}

BOOST_AUTO_TEST_SUITE_END()
