// What is taken without any configuration, of what systems of the field print.
#include "server/values/default_rules.hpp"

#include "server/values/rules_text.hpp"
#include "server/values/take.hpp"
#include "test/server/values/outputs_of_systems.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace trafikito::server::values;
namespace outputs = trafikito::test::outputs;
using printed = std::pair<std::string, std::string>;

struct machine {
    rules all;
    counters before;
    std::int64_t at = 1'800'000'000'000;

    std::vector<taken_value> report(std::vector<printed> const& sections) {
        std::vector<command_output> list;
        for (auto const& [command, bytes] : sections) {
            list.push_back({command, bytes});
        }
        at += 60'000;
        return take(all, list, before, at);
    }
    /// `NAME` or `NAME INSTANCE` and its value.
    std::map<std::string, double> values(std::vector<printed> const& sections) {
        std::map<std::string, double> found;
        for (auto const& one : report(sections)) {
            auto const key = one.instance.empty() ? one.name : one.name + ' ' + one.instance;
            BOOST_TEST(found.emplace(key, one.value).second, key << " is there twice");
        }
        return found;
    }
};

using values_of = std::map<std::string, double>;

void check(values_of const& found, values_of const& wanted) {
    for (auto const& [name, value] : wanted) {
        auto const at = found.find(name);
        BOOST_TEST_CONTEXT(name) {
            BOOST_REQUIRE(at != found.end());
            BOOST_TEST(at->second == value);
        }
    }
    for (auto const& [name, value] : found) {
        BOOST_TEST(wanted.contains(name), name << " = " << value << " is not wanted");
    }
}

constexpr double kib = 1024;

} // namespace

BOOST_AUTO_TEST_SUITE(default_rules)

BOOST_AUTO_TEST_CASE(they_are_written_as_the_file_of_an_administrator_is) {
    auto const parsed = parse_rules(trafikito::server::values::default_rules, "ours");
    BOOST_TEST(parsed.diagnostics.empty());
    BOOST_TEST(parsed.list.size() > 40U);
}

BOOST_AUTO_TEST_CASE(uptime_of_each_system_gives_its_loads) {
    using loads = std::pair<char const*, values_of>;
    for (auto const& [text, wanted] :
         {loads{outputs::uptime_procps, {{"load_1", 0.33}, {"load_5", 0.89}, {"load_15", 0.82}}},
          loads{outputs::uptime_days, {{"load_1", 12.21}, {"load_5", 3}, {"load_15", 0.05}}},
          loads{outputs::uptime_comma, {{"load_1", 0.42}, {"load_5", 1.3}, {"load_15", 10.21}}},
          loads{outputs::uptime_busybox, {{"load_1", 0}, {"load_5", 0.01}, {"load_15", 0.05}}},
          loads{outputs::uptime_bsd, {{"load_1", 0.46}, {"load_5", 0.32}, {"load_15", 0.28}}},
          loads{outputs::uptime_macos, {{"load_1", 1.46}, {"load_5", 1.32}, {"load_15", 1.28}}}}) {
        BOOST_TEST_CONTEXT(text) {
            check(machine().values({{"trafikito_uptime", text}}), wanted);
        }
    }
}

BOOST_AUTO_TEST_CASE(free_of_each_system_gives_what_can_be_had_without_swapping) {
    struct one {
        char const* text;
        double total;
        double available;
        double swap;
        double swap_used;
    };
    for (auto const& [text, total, available, swap, swap_used] :
         {one{outputs::free_procps_4, 24684084, 23691676, 2097148, 524288},
          one{outputs::free_procps_3, 2035412, 1519696, 0, 0},
          one{outputs::free_rhel_6, 1922192, 1376988, 2064376, 12036},
          one{outputs::free_busybox, 2035412, 1835412, 1048572, 0},
          one{outputs::free_old_busybox, 124752, 14436, 0, 0}}) {
        BOOST_TEST_CONTEXT(text) {
            auto found = machine().values({{"trafikito_free", text}});
            BOOST_TEST(found["memory_total_bytes"] == total * kib);
            BOOST_TEST(found["memory_used_bytes"] == (total - available) * kib,
                       boost::test_tools::tolerance(1e-5));
            BOOST_TEST(found["memory_used"] == 100 * (total - available) / total,
                       boost::test_tools::tolerance(0.001));
            BOOST_TEST(found["swap_total_bytes"] == swap * kib);
            BOOST_TEST(found["swap_used_bytes"] == swap_used * kib);
            BOOST_TEST(found.contains("swap_used") == (swap != 0));
            BOOST_TEST(found.size() == (swap != 0 ? 6U : 5U));
        }
    }
}

BOOST_AUTO_TEST_CASE(free_with_units_is_read_as_it_is_meant) {
    auto found = machine().values({{"trafikito_free", outputs::free_procps_3_human}});
    constexpr double gib = kib * kib * kib;
    BOOST_TEST(found["memory_total_bytes"] == 7.8 * gib);
    BOOST_TEST(found["memory_used"] == 30.77);
    BOOST_TEST(found["swap_used"] == 25);
}

BOOST_AUTO_TEST_CASE(df_gives_disks_and_nothing_that_is_none) {
    check(machine().values({{"trafikito_df_p", outputs::df_p}}),
          {{"disk_used /", 37}, {"disk_used /mnt/with a blank", 0}, {"disk_used /srv/nas", 50}});
    check(machine().values({{"trafikito_df_h", outputs::df_h}}), {{"disk_used /", 37}});
    check(machine().values({{"trafikito_df", outputs::df_h}}), {{"disk_used /", 37}});
    check(machine().values({{"trafikito_df_h", outputs::df_broken_lines}}),
          {{"disk_used /", 25}, {"disk_used /boot", 17}});
    check(machine().values({{"trafikito_df_h", outputs::df_busybox}}),
          {{"disk_used /etc/hosts", 35}});
    check(machine().values({{"trafikito_df_h", outputs::df_german}}), {{"disk_used /", 37}});
}

BOOST_AUTO_TEST_CASE(two_commands_that_say_the_same_give_it_once) {
    machine one;
    auto const taken =
        one.report({{"trafikito_df_h", outputs::df_h}, {"trafikito_df_p", outputs::df_p}});
    BOOST_REQUIRE(taken.size() == 3U);
    for (auto const& each : taken) {
        BOOST_TEST(each.command == "trafikito_df_p");
        BOOST_TEST(each.chart == "disks");
        BOOST_TEST(each.unit == "%");
    }
}

BOOST_AUTO_TEST_CASE(ticks_become_percent_of_the_time_between_two_reports) {
    machine one;
    std::string const before = outputs::vmstat_s_procps_4;
    check(one.values({{"trafikito_vmstat_s", before}}), {{"memory_total_bytes", 8148240 * kib},
                                                         {"memory_used_bytes", 1113560000},
                                                         {"memory_used", 13.35},
                                                         {"swap_total_bytes", 1000000 * kib},
                                                         {"swap_used_bytes", 250000 * kib},
                                                         {"swap_used", 25}});
    auto after = before;
    auto const set = [&](std::string const& from, std::string const& to) {
        after.replace(after.find(from), from.size(), to);
    };
    set("         1000 non-nice user", "         1040 non-nice user");
    set("          100 nice user", "          110 nice user");
    set("          500 system", "          520 system");
    set("         8000 idle", "         8020 idle");
    set("          200 IO-wait", "          205 IO-wait");
    set("           50 softirq", "           55 softirq");
    auto found = one.values({{"trafikito_vmstat_s", after}});
    BOOST_TEST(found["cpu_user"] == 50);
    BOOST_TEST(found["cpu_system"] == 25);
    BOOST_TEST(found["cpu_wait"] == 5);
    BOOST_TEST(found["cpu_steal"] == 0);
    BOOST_TEST(found["cpu_busy"] == 75);
    BOOST_TEST(found.size() == 11U);
    // After a restart of the machine they begin anew: a gap, and no nonsense.
    BOOST_TEST(!one.values({{"trafikito_vmstat_s", before}}).contains("cpu_user"));
}

BOOST_AUTO_TEST_CASE(what_free_says_goes_before_what_vmstat_says) {
    machine one;
    for (auto const& each : one.report({{"trafikito_vmstat_s", outputs::vmstat_s_procps_4},
                                        {"trafikito_free", outputs::free_procps_4}})) {
        BOOST_TEST(each.command == "trafikito_free");
    }
}

BOOST_AUTO_TEST_CASE(vmstat_that_looks_once_says_nothing_of_now) {
    check(machine().values({{"trafikito_vmstat", outputs::vmstat_once}}), {});
    check(machine().values({{"trafikito_vmstat", outputs::vmstat_twice}}), {{"cpu_user", 20},
                                                                            {"cpu_system", 10},
                                                                            {"cpu_wait", 4},
                                                                            {"cpu_steal", 1},
                                                                            {"cpu_busy", 31}});
}

BOOST_AUTO_TEST_CASE(packets_are_counted_by_interface) {
    for (std::string const before : {outputs::netstat_i, outputs::netstat_i_old}) {
        machine one;
        BOOST_TEST(one.report({{"trafikito_netstat_i", before}}).empty());
        auto after = before;
        after.replace(after.find("1000000"), 7, "1000600");
        after.replace(after.find(" 500000"), 7, " 500030");
        auto const taken = one.report({{"trafikito_netstat_i", after}});
        std::map<std::string, taken_value> found;
        for (auto const& each : taken) {
            found.emplace(each.name + ' ' + each.instance, each);
        }
        BOOST_REQUIRE(found.contains("network_received eth0"));
        BOOST_TEST(found["network_received eth0"].value == 10);
        BOOST_TEST(found["network_received eth0"].unit == "packets/s");
        BOOST_TEST(found["network_received eth0"].chart == "network");
        BOOST_TEST(found["network_sent eth0"].value == 0.5);
        BOOST_TEST(!found.contains("network_sent lo"));
        BOOST_TEST(!found.contains("network_sent veth1a2b3c4"));
    }
}

BOOST_AUTO_TEST_CASE(top_and_the_counts_give_one_number_each) {
    check(machine().values({{"trafikito_top", outputs::top_procps_4}}),
          {{"processes", 80}, {"load_1", 2.87}, {"load_5", 1.94}, {"load_15", 2.38}});
    check(machine().values({{"trafikito_uptime", outputs::uptime_procps},
                            {"trafikito_top", outputs::top_procps_3}}),
          {{"processes", 112}, {"load_1", 0.33}, {"load_5", 0.89}, {"load_15", 0.82}});
    check(machine().values({{"trafikito_lsof_count_open_files", "    4483\n"},
                            {"trafikito_lsof_count_network_connections",
                             "lsof: WARNING: can't stat() fuse file system /run/user/1000/gvfs\n"
                             "      Output information may be incomplete.\n12\n"},
                            {"trafikito_cpu_processors_count", "8\n"},
                            {"trafikito_hostname", "1234\n"}}),
          {{"open_files", 4483}, {"network_connections", 12}, {"cpu_count", 8}});
}

BOOST_AUTO_TEST_CASE(a_command_that_fails_gives_nothing) {
    for (char const* const name :
         {"uptime", "free", "df_p", "df_h", "vmstat_s", "vmstat", "netstat_i", "top", "ps",
          "lsof_count_open_files", "cpu_processors_count"}) {
        check(machine().values({{std::string("trafikito_") + name,
                                 "/bin/sh: 1: " + std::string(name) + ": not found\n"}}),
              {});
        check(machine().values({{std::string("trafikito_") + name, ""}}), {});
    }
}

BOOST_AUTO_TEST_SUITE_END()
