#include "agent/diagnosis/service_finder.hpp"

#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace trafikito::agent::diagnosis;
using trafikito::test::temporary_directory;
using kind = service::kind;

namespace {

struct service_finder_fixture {
    void has(std::string const& file, std::string const& content = "") const {
        (void)root.write(file, content);
    }
    [[nodiscard]] service found(std::string const& config) const {
        question asked;
        asked.config_file = config;
        asked.root = root.path();
        return find_service(known(std::move(asked)));
    }

    temporary_directory root;
    std::string packaged = "/etc/trafikito/trafikito.cfg";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(service_finder, service_finder_fixture)

BOOST_AUTO_TEST_CASE(where_there_is_nothing_nothing_is_found) {
    BOOST_TEST((found(packaged).by == kind::nothing));
    BOOST_TEST(found(packaged).name.empty());
}

BOOST_AUTO_TEST_CASE(the_unit_whose_start_names_the_configuration) {
    std::filesystem::create_directories(root.path() / "run/systemd/system");
    has("usr/lib/systemd/system/trafikito-agent.service",
        "[Service]\nUser=trafikito\nExecStart=/usr/sbin/trafikito-agent --config " + packaged +
            "\n");
    auto const unit = found(packaged);
    BOOST_TEST((unit.by == kind::systemd));
    BOOST_TEST(unit.name == "trafikito-agent.service");
    BOOST_TEST(unit.user == "trafikito");
    BOOST_TEST(found("/opt/trafikito/etc/trafikito.cfg").name.empty());
    BOOST_TEST(found(packaged + ".old").name.empty());
}

BOOST_AUTO_TEST_CASE(an_instance_has_the_unit_of_all) {
    std::filesystem::create_directories(root.path() / "run/systemd/system");
    has("lib/systemd/system/trafikito-agent@.service", "[Service]\nUser=trafikito\n");
    BOOST_TEST(found("/etc/trafikito/web/trafikito.cfg").name == "trafikito-agent@web.service");
}

BOOST_AUTO_TEST_CASE(a_mask_in_the_place_of_the_unit) {
    std::filesystem::create_directories(root.path() / "run/systemd/system");
    std::filesystem::create_directories(root.path() / "etc/systemd/system");
    std::filesystem::create_symlink("/dev/null",
                                    root.path() / "etc/systemd/system/trafikito-agent.service");
    BOOST_TEST(found(packaged).name == "trafikito-agent.service");
}

BOOST_AUTO_TEST_CASE(the_script_of_openrc_and_of_system_v) {
    has("etc/init.d/trafikito-agent", "program=x\nconfig=" + packaged + "\nuser=trafikito\n");
    BOOST_TEST((found(packaged).by == kind::sysv));
    BOOST_TEST(found(packaged).user == "trafikito");
    has("run/openrc/softlevel");
    BOOST_TEST((found(packaged).by == kind::openrc));
    BOOST_TEST(found(packaged).name == "trafikito-agent");
}

BOOST_AUTO_TEST_CASE(a_container_by_the_marks_of_those_who_make_them) {
    has(".dockerenv");
    BOOST_TEST((found(packaged).by == kind::container));
}

BOOST_AUTO_TEST_SUITE_END()
