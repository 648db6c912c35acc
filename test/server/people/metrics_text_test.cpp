#include "server/people/metrics_text.hpp"

#include "server/people/own_process.hpp"
#include "test/server/people/people_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace {

using namespace trafikito;
using namespace server::people;

struct fixture {
    label_pool labels;
    std::vector<machine_metrics> machines;

    machine_metrics& machine(std::string id, std::string name, bool up = true) {
        machines.push_back({std::move(id), std::move(name), up, 1'800'000'000'500, {}});
        return machines.back();
    }
    newest_values::value value(std::string name, double number, std::string instance = "",
                               std::string command = "trafikito_x", std::string unit = "") {
        return {labels.find(
                    {std::move(command), std::move(name), std::move(instance), std::move(unit)}),
                number, 0};
    }
    [[nodiscard]] std::string text() const { return machines_text(machines); }
    [[nodiscard]] bool has(std::string const& line) const {
        return ("\n" + text()).find("\n" + line + "\n") != std::string::npos;
    }
    [[nodiscard]] std::ptrdiff_t count(std::string const& what) const {
        auto const all = text();
        std::ptrdiff_t found = 0;
        for (auto at = all.find(what); at != std::string::npos; at = all.find(what, at + 1)) {
            ++found;
        }
        return found;
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(metrics_text, fixture)

BOOST_AUTO_TEST_CASE(each_name_is_one_family_of_all_machines) {
    machine("a", "web1").values = {value("load_1", 0.42, "", "trafikito_uptime"),
                                   value("disk_used", 71, "/", "trafikito_df", "%")};
    machine("b", "web2").values = {value("load_1", 2, "", "trafikito_uptime")};
    BOOST_TEST(
        has(R"(trafikito_load_1{server="web1",server_id="a",command="trafikito_uptime"} 0.42)"));
    BOOST_TEST(
        has(R"(trafikito_load_1{server="web2",server_id="b",command="trafikito_uptime"} 2)"));
    BOOST_TEST(has(
        R"(trafikito_disk_used{server="web1",server_id="a",command="trafikito_df",instance="/"} 71)"));
    BOOST_TEST(count("# TYPE trafikito_load_1 gauge\n") == 1);
    BOOST_TEST(has("# HELP trafikito_disk_used Taken out of outputs of commands, in %."));
    BOOST_TEST(has(
        R"(trafikito_machine_last_data_timestamp_seconds{server="web1",server_id="a"} 1800000000.5)"));
}

BOOST_AUTO_TEST_CASE(of_a_machine_that_is_late_it_is_said_and_nothing_else) {
    machine("a", "web1", false).values = {value("load_1", 0.42)};
    BOOST_TEST(has(R"(trafikito_machine_up{server="web1",server_id="a"} 0)"));
    BOOST_TEST(count("trafikito_load_1") == 0);
}

BOOST_AUTO_TEST_CASE(words_of_machines_break_out_of_nothing) {
    machine("a", "x\"} 1\nevil 1\\").values = {
        value("a\nb{c=\"d\"} 1\n", 1, "\"\n\\", "\x1b[31m\xff"), value("\n\n", 2), value("1st", 3),
        value("", 4)};
    BOOST_TEST(has(R"(trafikito_a_b_c_d_1{server="x\"} 1\nevil 1\\",server_id="a",command=")"
                   "\x1b[31m\xef\xbf\xbd"
                   R"(",instance="\"\n\\"} 1)"));
    BOOST_TEST(count("\nevil") == 0);
    BOOST_TEST(count("trafikito_1st{") == 1);
    BOOST_TEST(metric_name("") == "unnamed");
    BOOST_TEST(metric_name("%%") == "unnamed");
    BOOST_TEST(metric_name(std::string(1000, 'x')).size() == 128U);
}

BOOST_AUTO_TEST_CASE(a_machine_cannot_speak_for_the_server) {
    machine("a", "web1").values = {value("machine_up", 7), value("server_reports_total", 7),
                                   value("machines", 7), value("server.reports_total", 7)};
    BOOST_TEST(count("trafikito_machine_up{") == 1);
    BOOST_TEST(count("\ntrafikito_server_reports_total") == 0);
    BOOST_TEST(count("\ntrafikito_machines{") == 0);
    BOOST_TEST(count("trafikito_value_machine_up{") == 1);
}

BOOST_AUTO_TEST_CASE(a_name_says_of_no_gauge_that_it_is_something_else) {
    machine("a", "web1").values = {value("cpu_count", 4), value("x_total", 1), value("x_count", 2),
                                   value("x_bucket", 3)};
    for (auto const* const name : {"cpus", "x_total_value", "x_count_value", "x_bucket_value"}) {
        BOOST_TEST(count(std::string("\ntrafikito_") + name + "{") == 1, name);
    }
}

BOOST_AUTO_TEST_CASE(no_line_stands_twice) {
    machine("a", "web1").values = {value("a b", 1), value("a-b", 2), value("a_b", 3, "x"),
                                   value("a b", 4, "", "other")};
    BOOST_TEST(count("trafikito_a_b{") == 3);
    machine("b", "web1").values = {value("a b", 1)}; // of the same name, and another one
    BOOST_TEST(count("trafikito_a_b{") == 4);
}

BOOST_AUTO_TEST_CASE(the_process_says_what_it_takes) {
    auto const all = process_metrics();
    auto const of = [&](std::string_view name) {
        auto const found =
            std::ranges::find_if(all, [&](auto const& one) { return one.name == name; });
        return found == all.end() ? -1 : found->value;
    };
    BOOST_TEST(of("process_resident_memory_bytes") > 1e6);
    BOOST_TEST(of("process_open_fds") > 2);
    BOOST_TEST(of("process_max_fds") >= of("process_open_fds"));
    auto const now =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    BOOST_TEST(of("process_start_time_seconds") > now - 24 * 3600);
    BOOST_TEST(of("process_start_time_seconds") < now + 60);
}

BOOST_FIXTURE_TEST_CASE(readiness_is_said_in_a_word, test::people_fixture) {
    test::people_browser balancer("192.0.2.5", false);
    auto const ready = ask(balancer, "GET", "/readyz");
    BOOST_TEST(ready.status == 200U);
    BOOST_TEST(ready.body == "ready\n");
    server_state state;
    state.has_servers = []() -> boost::asio::awaitable<bool> { co_return false; };
    shows.use(state);
    BOOST_TEST(ask(balancer, "GET", "/readyz").status == 503U);
    state.is_stopping = [] { return true; };
    shows.use(state);
    BOOST_TEST(ask(balancer, "GET", "/readyz").body == "stopping\n");
}

BOOST_FIXTURE_TEST_CASE(only_who_has_a_key_gets_them, test::people_fixture) {
    test::people_browser stranger("192.0.2.5", false);
    BOOST_TEST(ask(stranger, "GET", "/metrics").status == 401U);
    auto const answer = ask(role::reader, "GET", "/metrics");
    BOOST_TEST(answer.status == 200U);
    BOOST_TEST(answer.content_type == "text/plain; version=0.0.4; charset=utf-8");
    BOOST_TEST(answer.body.find("trafikito_machine_up{server=\"host1\",server_id=\"srv-1\"} 0\n") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
