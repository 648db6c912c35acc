#include "server/cli/silence.hpp"

#include "test/support/time_zone.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using server::store::refusal;
using whose = refusal::whose;
namespace refused = server::store::refused;

struct fixture {
    fixture() {
        facts.asked = "web1";
        facts.now = base::wall_time(std::chrono::seconds(1'800'000'000)); // 2027-01-15 08:00
        facts.server_itself.data = "/data";
        facts.server_itself.served_by = 42;
        facts.server_itself.room = server::cli::disk_room{4ULL << 30U, 100'000};
        facts.server_itself.url = "https://trafikito.example:8443";
        enrolled();
    }

    void enrolled() {
        server::store::server_row row;
        row.id = "srv-1";
        row.name = "web1";
        row.created = facts.now - 48h;
        row.available = "trafikito_df=\"df\"\ntrafikito_free=\"free\"\n";
        facts.server = row;
    }
    /// As one that reports every minute.
    void reports(std::chrono::seconds ago) {
        auto& row = *facts.server;
        row.last_order = facts.now - ago;
        row.last_report = row.last_data = facts.now - ago + 2s;
        row.last_address = "192.0.2.7";
        row.agent = "trafikito-agent/0.1.0";
        row.os.os = "debian";
        row.os.release = "12";
        row.interval = 60s;
        row.kept_bytes = 2048;
        facts.reports = 3;
    }
    void nobody(std::string const& name) {
        facts.server.reset();
        facts.asked = name;
    }
    refusal one(std::string kind, std::chrono::seconds ago, std::string words = "NO") const {
        return {whose::server,        "srv-1",         std::move(kind), 12,
                facts.now - ago - 1h, facts.now - ago, "192.0.2.7",     std::move(words)};
    }
    server::store::enrolment_token token(std::chrono::seconds ago,
                                         std::chrono::seconds valid) const {
        server::store::enrolment_token made;
        made.created = facts.now - ago;
        made.ends = made.created + valid;
        made.server_name = facts.asked;
        return made;
    }

    std::string cause() const { return server::cli::judge(facts).cause; }
    std::string sentence() const { return server::cli::judge(facts).sentence; }
    std::string printed() const {
        std::ostringstream text;
        server::cli::print_silence(text, server::cli::judge(facts), {});
        return text.str();
    }

    test::in_time_zone zone{"UTC0"};
    server::cli::machine_facts facts;
};

BOOST_FIXTURE_TEST_SUITE(silence, fixture)

BOOST_AUTO_TEST_CASE(one_that_reports_is_in_order) {
    reports(30s);
    BOOST_TEST(cause() == "none");
    BOOST_TEST(
        printed() ==
        "web1 (srv-1)\n"
        "  server    /data is served by process 42 at https://trafikito.example:8443, 4.0 "
        "GiB free\n"
        "  enrolled  2027-01-13 08:00:00 +00:00, 2 d ago\n"
        "  agent     trafikito-agent/0.1.0 on debian 12, a report in 1 min\n"
        "  address   192.0.2.7\n"
        "  order     asked for 2027-01-15 07:59:30 +00:00, 30 s ago; it names 2 commands, all "
        "that its list offers\n"
        "  report    came 2027-01-15 07:59:32 +00:00, 28 s ago; 3 reports, 2.0 KiB kept\n"
        "\n"
        "nothing is wrong with web1: its newest data is of 2027-01-15 07:59:32 +00:00, 28 s "
        "ago\n");
}

BOOST_AUTO_TEST_CASE(a_wrong_key_is_said_with_how_often_since_when_and_from_where) {
    reports(1h);
    facts.refused = {one(refused::wrong_key, 20s)};
    BOOST_TEST(cause() == "wrong_key");
    BOOST_TEST(
        printed() ==
        "web1 (srv-1)\n"
        "  server    /data is served by process 42 at https://trafikito.example:8443, 4.0 "
        "GiB free\n"
        "  enrolled  2027-01-13 08:00:00 +00:00, 2 d ago\n"
        "  agent     trafikito-agent/0.1.0 on debian 12, a report in 1 min\n"
        "  address   192.0.2.7\n"
        "  order     asked for 2027-01-15 07:00:00 +00:00, 1 h ago; it names 2 commands, all "
        "that its list offers\n"
        "! report    came 2027-01-15 07:00:02 +00:00, 59 min ago; 3 reports, 2.0 KiB kept\n"
        "! refused   a wrong api_key: 12 times since 2027-01-15 06:59:40 +00:00, last "
        "2027-01-15 07:59:40 +00:00, 20 s ago from 192.0.2.7\n"
        "\n"
        "the agent of web1 shows a wrong api_key (12 times since 2027-01-15 06:59:40 +00:00, "
        "last at 2027-01-15 07:59:40 +00:00 from 192.0.2.7): `trafikito-server servers "
        "new-key web1` prints a new one, which belongs into the trafikito.cfg of that "
        "machine\n");
}

BOOST_AUTO_TEST_CASE(what_was_refused_before_the_last_report_is_no_cause) {
    reports(1h);
    facts.refused = {one(refused::wrong_key, 2h)};
    BOOST_TEST(cause() == "silent");
    BOOST_TEST(sentence().starts_with("web1 has been silent since 2027-01-15 07:00:02 +00:00, 59 "
                                      "min ago: it is off, its agent does not run, or it does not "
                                      "reach https://trafikito.example:8443; on that machine"),
               sentence());
    reports(30s);
    BOOST_TEST(cause() == "none");
}

BOOST_AUTO_TEST_CASE(the_newest_of_several_refusals_is_the_cause) {
    reports(1h);
    facts.refused = {one("too_large", 10s, "LARGER"), one(refused::wrong_key, 20s)};
    BOOST_TEST(cause() == "too_large");
    BOOST_TEST(sentence().find("max_report") != std::string::npos, sentence());
    facts.refused = {one("http", 10s, "413 its body is too large")};
    BOOST_TEST(cause() == "too_large");
    facts.refused = {one("report", 10s, "TOO_MANY_SECTIONS")};
    BOOST_TEST(sentence().starts_with("what the agent of web1 sends is refused (12 times"),
               sentence());
    facts.refused = {one(refused::too_early, 10s)};
    BOOST_TEST(sentence().find("--min-interval") != std::string::npos, sentence());
}

BOOST_AUTO_TEST_CASE(what_was_refused_after_the_last_report_is_told_before_that_is_late) {
    reports(30s);
    facts.refused = {one("report", 10s, "TOO_MANY_SECTIONS")};
    BOOST_TEST(cause() == "report");
    facts.refused = {one(refused::wrong_key, 10s)};
    BOOST_TEST(cause() == "wrong_key");
    facts.refused[0].address = "192.0.2.8"; // a copy's
    BOOST_TEST(cause() == "none");
    facts.refused = {one(refused::too_early, 10s)};
    BOOST_TEST(cause() == "none");
}

BOOST_AUTO_TEST_CASE(a_certificate_that_is_not_trusted_is_told_by_its_address) {
    reports(1h);
    facts.strangers = {one(refused::tls, 10s, "tlsv1 alert unknown ca")};
    BOOST_TEST(cause() == "distrust");
    BOOST_TEST(sentence().find("/data/ca.pem") != std::string::npos, sentence());
    facts.strangers = {one(refused::room, 10s)};
    BOOST_TEST(cause() == "no_room");
    facts.strangers = {one(refused::tls, 2h, "tlsv1 alert unknown ca")};
    BOOST_TEST(cause() == "silent");
    enrolled(); // it never came further
    BOOST_TEST(cause() == "distrust");
}

BOOST_AUTO_TEST_CASE(one_that_never_asked_is_told_apart_from_one_that_asks_and_sends_nothing) {
    BOOST_TEST(cause() == "never_asked");
    BOOST_TEST(sentence() ==
               "web1 was enrolled (2027-01-13 08:00:00 +00:00, 2 d ago) and has never "
               "asked for an order: its agent was not started, or does not reach "
               "https://trafikito.example:8443; on that machine `trafikito-agent why` "
               "says what keeps it, `systemctl enable --now trafikito-agent` starts "
               "it");
    facts.server->created = facts.now - 5min;
    facts.server->last_order = facts.now - 30s;
    BOOST_TEST(cause() == "waiting");
    facts.server->last_order = facts.now - 1h;
    BOOST_TEST(cause() == "no_report");
}

// It asks every minute: then its last order is always young.
BOOST_AUTO_TEST_CASE(one_that_asks_on_and_sends_nothing_is_not_waited_for_without_end) {
    reports(1h);
    facts.server->last_order = facts.now - 10s;
    BOOST_TEST(cause() == "no_report");
    BOOST_TEST(sentence().starts_with(
                   "web1 asks for orders (2027-01-15 07:59:50 +00:00, 10 s ago) and no report of "
                   "it came since 2027-01-15 07:00:02 +00:00, 59 min ago: unless it was off until "
                   "now, and its first report is here by 2027-01-15 08:01:50 +00:00, its reports "
                   "do not get through; on that machine `trafikito-agent why`"),
               sentence());
}

BOOST_AUTO_TEST_CASE(a_certificate_of_its_own_has_another_authority) {
    reports(1h);
    facts.strangers = {one(refused::tls, 10s, "tlsv1 alert unknown ca")};
    facts.server_itself.certificate = "/etc/tls/own.pem";
    BOOST_TEST(sentence().find("/data/ca.pem") == std::string::npos, sentence());
    BOOST_TEST(sentence().find("`openssl x509 -noout -issuer -in /etc/tls/own.pem` names it") !=
               std::string::npos);
    facts.server_itself.believed = true;
    BOOST_TEST(sentence().find("is of a public authority") != std::string::npos, sentence());
}

BOOST_AUTO_TEST_CASE(a_server_that_hangs_or_would_not_start_is_not_told_to_be_started) {
    reports(30s);
    facts.server_itself.pulse = {server::cli::pulse::state::silent, "127.0.0.1:8443"};
    BOOST_TEST(cause() == "hangs");
    BOOST_TEST(sentence() == "process 42, which serves /data, does not answer at 127.0.0.1:8443: "
                             "it hangs, so nothing is received: `kill -KILL 42; trafikito-server "
                             "serve --data /data` mends it");
    facts.server_itself.pulse = {server::cli::pulse::state::stopped, {}};
    BOOST_TEST(sentence().ends_with("so nothing is received: `kill -CONT 42` mends it"));
    facts.server_itself.pulse = {};
    facts.server_itself.lost = {"/proc/42/fd/7"};
    BOOST_TEST(cause() == "database_gone");
    facts.server_itself.served_by.reset();
    facts.server_itself.no_start = "/data/ca.key: it is no key; Put the right one back";
    BOOST_TEST(sentence() == "no trafikito-server serves /data, so nothing is received; "
                             "`trafikito-server check` finds: /data/ca.key: it is no key; Put the "
                             "right one back; with that mended `trafikito-server serve --data "
                             "/data` starts it");
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_the_server_itself_comes_first) {
    reports(1h);
    facts.refused = {one(refused::wrong_key, 20s)};
    facts.server_itself.room = server::cli::disk_room{1024, 100};
    BOOST_TEST(cause() == "disk_full");
    facts.refused = {one(refused::store, 20s, "the database refused: full")};
    BOOST_TEST(cause() == "store");
    facts.server_itself.served_by.reset();
    BOOST_TEST(cause() == "not_served");
    BOOST_TEST(sentence() == "no trafikito-server serves /data, so nothing is received: "
                             "`trafikito-server serve --data /data` starts it");
    facts.server_itself.data = "/var/lib/trafikito-server";
    BOOST_TEST(sentence().ends_with("`systemctl start trafikito-server` starts it"));
}

BOOST_AUTO_TEST_CASE(an_order_of_nothing_is_told_although_reports_come) {
    reports(30s);
    facts.server->wanted.emplace();
    BOOST_TEST(cause() == "empty_order");
    BOOST_TEST(sentence().starts_with("web1 is asked to run nothing: `trafikito-server order web1 "
                                      "--all`"),
               sentence());
    facts.server->wanted->emplace_back("trafikito_else");
    BOOST_TEST(cause() == "foreign_order");
    facts.server->wanted->emplace_back("trafikito_df");
    BOOST_TEST(cause() == "none");
    facts.server->wanted.reset();
    facts.server->available.clear();
    BOOST_TEST(cause() == "empty_list");
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_an_hour_off_is_told_with_the_hour) {
    reports(30s);
    facts.refused = {
        one(refused::clock, 60s,
            "the time of its collection is not to be believed, is that machine's clock "
            "right?: 2027-01-15T08:59:00.000Z")};
    BOOST_TEST(
        sentence() ==
        "the clock of web1 is wrong: a report that came at 2027-01-15 07:59:00 +00:00 said "
        "that it was collected 1 h later; set it on that machine, `timedatectl set-ntp true` "
        "keeps it right");
    facts.refused[0].last -= 2h; // it was mended
    BOOST_TEST(cause() == "none");
}

BOOST_AUTO_TEST_CASE(two_machines_of_one_identity_are_told) {
    reports(30s);
    facts.server->several_machines = facts.now - 10min;
    facts.server->several_machines_times = 4;
    BOOST_TEST(cause() == "several_machines");
    BOOST_TEST(
        printed().find("! machines  more than one asks with its identity, noticed 4 times") !=
        std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_name_that_nobody_has_leads_to_the_nearest_or_to_its_token) {
    nobody("web2");
    facts.nearest = "web1";
    BOOST_TEST(sentence() ==
               "there is no server web2, did you mean web1? `trafikito-server why web1`");
    facts.tokens = {token(1h, 24h)};
    BOOST_TEST(cause() == "not_enrolled");
    facts.tokens = {token(48h, 24h)};
    BOOST_TEST(cause() == "token_expired");
    BOOST_TEST(
        printed() ==
        "web2\n"
        "  server    /data is served by process 42 at https://trafikito.example:8443, 4.0 "
        "GiB free\n"
        "! enrolled  no server has that id or name\n"
        "  token     000000000000 of 2027-01-13 08:00:00 +00:00 is expired, until 2027-01-14 "
        "08:00:00 +00:00\n"
        "\n"
        "no machine was enrolled as web2: the token of 2027-01-13 08:00:00 +00:00 expired at "
        "2027-01-14 08:00:00 +00:00 without being used; `trafikito-server enroll-command "
        "--server-name web2` prints the line that enrols it\n");
    facts.tokens.front().revoked = facts.now;
    BOOST_TEST(cause() == "token_revoked");
    facts.tokens.clear();
    facts.nearest.clear();
    BOOST_TEST(cause() == "no_such_server");
    facts.of_that_name = {"a", "b"};
    BOOST_TEST(sentence() == "2 servers are called web2 (a, b): ask for one of them by its id");
}

BOOST_AUTO_TEST_CASE(an_id_that_somebody_asks_with_and_one_that_was_removed_are_told) {
    nobody("srv-7");
    facts.refused = {one(refused::wrong_key, 20s)};
    facts.refused[0].about = whose::stranger;
    BOOST_TEST(cause() == "unknown_id");
    BOOST_TEST(sentence().starts_with("a machine at 192.0.2.7 asks with the server_id srv-7"));
    facts.removed = server::store::removed_row{"srv-7", "web7", facts.now - 1h, {}};
    facts.refused[0].kind = refused::told_to_stop;
    BOOST_TEST(cause() == "removed");
    BOOST_TEST(
        sentence().starts_with("web7 was removed here (2027-01-15 07:00:00 +00:00, 1 h ago), "
                               "and its agent is told to stop, last at 2027-01-15 07:59:40"),
        sentence());
}

BOOST_AUTO_TEST_CASE(nothing_that_a_machine_says_reaches_a_terminal) {
    reports(1h);
    facts.server->name = "evil\x1b[2J\n! server  x";
    facts.server->agent = "agent\x1b[2J";
    facts.refused = {one("report", 10s, "\x1b[2J")};
    auto const text = printed();
    BOOST_TEST(text.find('\x1b') == std::string::npos);
    BOOST_TEST(text.find("\n! server") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
