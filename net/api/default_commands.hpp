#pragma once
// The commands with which an installation begins (doc/protocol.md, "Enrolment"): the agent runs
// them once, the server answers with the list of those that it was shown.

#include <array>
#include <string_view>

namespace trafikito::net::api {

struct default_command {
    std::string_view name; ///< `trafikito_df_h`
    std::string_view line; ///< `df -h`, as it stands between the quotes of available_commands.sh
    std::string_view earlier = {}; ///< the line that agents of before show; empty: the same

    /// Whether a machine that shows the output of `shown` ran this command.
    [[nodiscard]] constexpr bool is(std::string_view shown) const {
        return shown == line || (!earlier.empty() && shown == earlier);
    }
};

// Nothing here waits for a network where it can be told not to (-n, -P of lsof: no names of hosts
// and ports, -w: no warnings about what cannot be looked at), and nothing is cut to the width of a
// terminal that is not there. COLUMNS in the environment would do for top, and cut ps.
inline constexpr std::array<default_command, 16> default_commands{{
    {"trafikito_free", "free"},
    {"trafikito_cpu_info_full", R"(cat /proc/cpuinfo | sed '/^\s*$/q')"},
    {"trafikito_cpu_info",
     R"(cat /proc/cpuinfo | sed '/^\s*$/q' | grep -i -E 'cache|core|model|mhz|sibling|vendor|family')"},
    {"trafikito_uptime", "uptime"},
    {"trafikito_cpu_processors_count", "grep -c ^processor /proc/cpuinfo"},
    {"trafikito_vmstat", "vmstat"},
    {"trafikito_df_p", "df -P"},
    {"trafikito_hostname", "hostname"},
    {"trafikito_hostname_full", "hostname -f"},
    {"trafikito_df_h", "df -h"},
    {"trafikito_lsof_count_network_connections", "lsof -nP -w -i | wc -l", "lsof -i | wc -l"},
    {"trafikito_lsof_count_open_files", "lsof -nP -w | wc -l", "lsof | wc -l"},
    {"trafikito_netstat_i", "netstat -n -i", "netstat -i"},
    {"trafikito_vmstat_s", "vmstat -s"},
    {"trafikito_top", "top -b -n 1 -w 200 | head -n 14", "top -b -n 1 | head -n 14"},
    {"trafikito_ps", "ps auxww --sort=-%mem | head -n 8", "ps aux --sort=-%mem | head -n 8"},
}};

} // namespace trafikito::net::api
