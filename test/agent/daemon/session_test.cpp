#include "agent/daemon/session.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

using namespace trafikito;

namespace {

struct session_fixture {
    session_fixture() {
        base::path_step step;
        step.path = "/srv/trafikito.cfg";
        step.owner = ::geteuid();
        step.mode = S_IRUSR | S_IWUSR;
        settings.config_way = {step};
        settings.var_dir = "/srv/var";
        settings.tmp_file = "/etc/passwd";
        settings.log_file = "/etc/profile.d/x.sh";
        settings.metrics_file = "/etc/x.prom";
        settings.api_key_file = "/root/token";
        settings.who.api_key = base::secret("a-word-of-roots");
    }
    void open_to_others() { settings.config_way.front().mode |= S_IWOTH; }

    config::settings settings;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(session, session_fixture)

BOOST_AUTO_TEST_CASE(a_configuration_of_our_own_names_the_files) {
    auto const before = settings;
    BOOST_TEST(!agent::daemon::take_back_files(settings));
    BOOST_TEST((settings == before));
}

BOOST_AUTO_TEST_CASE(one_that_others_could_have_written_does_not) {
    open_to_others();
    BOOST_TEST(agent::daemon::take_back_files(settings));
    BOOST_TEST(settings.log_file == "");
    BOOST_TEST(settings.metrics_file == "");
    BOOST_TEST(settings.tmp_file == "/srv/var/trafikito.tmp");
    BOOST_TEST(settings.who.api_key.empty());
}

BOOST_AUTO_TEST_CASE(tunables_that_others_could_have_written_name_no_file_to_write) {
    settings.dynamic_way = settings.config_way;
    settings.dynamic_way.front().mode |= S_IWOTH;
    BOOST_TEST(agent::daemon::take_back_files(settings));
    BOOST_TEST(settings.metrics_file == "");
    BOOST_TEST(settings.log_file != "");
    BOOST_TEST(!settings.who.api_key.empty());
}

BOOST_AUTO_TEST_CASE(a_log_to_stdout_goes_on_whoever_asked_for_it) {
    open_to_others();
    settings.log_file = "-";
    (void)agent::daemon::take_back_files(settings);
    BOOST_TEST(settings.log_file == "-");
}

BOOST_AUTO_TEST_CASE(a_key_that_stands_in_it_or_that_the_environment_names_is_sent) {
    open_to_others();
    auto named = settings;
    named.api_key_file_of_environment = true;
    (void)agent::daemon::take_back_files(named);
    BOOST_TEST(!named.who.api_key.empty());
    settings.api_key_file.clear();
    (void)agent::daemon::take_back_files(settings);
    BOOST_TEST(!settings.who.api_key.empty());
}

BOOST_AUTO_TEST_CASE(with_the_switch_in_the_environment_all_of_it_counts) {
    open_to_others();
    settings.strict_modes = false;
    settings.strict_modes_of_environment = true;
    BOOST_TEST(!agent::daemon::take_back_files(settings));
}

BOOST_AUTO_TEST_SUITE_END()
