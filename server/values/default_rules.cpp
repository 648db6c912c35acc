#include "server/values/default_rules.hpp"

namespace trafikito::server::values {

// Machines are compared and drawn by these names: load_1, cpu_busy, memory_used, swap_used,
// disk_used, network_received, network_sent, processes, cpu_count.
//
// `vmstat` alone prints the average since boot: only where it was told to look twice, its fourth
// line is of now. top -n 1 prints no other, so that its line of %Cpu(s) says nothing.
std::string_view const default_rules = R"conf(
# uptime of procps, busybox, BSD; top begins with the same line
trafikito_uptime load_1  = after "load average:" 1, chart load
trafikito_uptime load_5  = after "load average:" 2, chart load
trafikito_uptime load_15 = after "load average:" 3, chart load
trafikito_uptime load_1  = after "load averages:" 1, chart load
trafikito_uptime load_5  = after "load averages:" 2, chart load
trafikito_uptime load_15 = after "load averages:" 3, chart load
trafikito_top    load_1  = after "load average:" 1, chart load
trafikito_top    load_5  = after "load average:" 2, chart load
trafikito_top    load_15 = after "load average:" 3, chart load

# free: what can be had without swapping; older ones have it in a row of its own
trafikito_free memory_total_bytes = row "Mem:" column "total", unit KiB, chart memory
trafikito_free _available         = row "Mem:" column "available", unit KiB
trafikito_free _available         = row "-/+ buffers" column -1, unit KiB
trafikito_free memory_used_bytes  = formula memory_total_bytes - _available, unit B, chart memory
trafikito_free memory_used        = formula 100 * memory_used_bytes / memory_total_bytes, unit %, chart memory
trafikito_free swap_total_bytes   = row "Swap:" column "total", unit KiB, chart swap
trafikito_free swap_used_bytes    = row "Swap:" column "used", unit KiB, chart swap
trafikito_free swap_used          = formula 100 * swap_used_bytes / swap_total_bytes, unit %, chart swap

# vmstat -s: what the processors did, in ticks
trafikito_vmstat_s _user    = before "non-nice user cpu ticks", counter
trafikito_vmstat_s _nice    = before "nice user cpu ticks", counter
trafikito_vmstat_s _system  = before "system cpu ticks", counter
trafikito_vmstat_s _idle    = before "idle cpu ticks", counter
trafikito_vmstat_s _wait    = before "IO-wait cpu ticks", counter
trafikito_vmstat_s _irq     = before "IRQ cpu ticks", counter
trafikito_vmstat_s _softirq = before "softirq cpu ticks", counter
trafikito_vmstat_s _steal   = before "stolen cpu ticks", counter
trafikito_vmstat_s _total   = formula _user + _nice + _system + _idle + _wait + _irq + _softirq + _steal
trafikito_vmstat_s cpu_user   = formula 100 * (_user + _nice) / _total, unit %, chart cpu
trafikito_vmstat_s cpu_system = formula 100 * (_system + _irq + _softirq) / _total, unit %, chart cpu
trafikito_vmstat_s cpu_wait   = formula 100 * _wait / _total, unit %, chart cpu
trafikito_vmstat_s cpu_steal  = formula 100 * _steal / _total, unit %, chart cpu
trafikito_vmstat_s cpu_busy   = formula 100 * (_total - _idle - _wait) / _total, unit %, chart cpu
trafikito_vmstat cpu_user   = row 4 column "us", unit %, chart cpu
trafikito_vmstat cpu_system = row 4 column "sy", unit %, chart cpu
trafikito_vmstat cpu_wait   = row 4 column "wa", unit %, chart cpu
trafikito_vmstat cpu_steal  = row 4 column "st", unit %, chart cpu
trafikito_vmstat _idle      = row 4 column "id"
trafikito_vmstat cpu_busy   = formula 100 - _idle - cpu_wait, unit %, chart cpu

# where there is no free
trafikito_vmstat_s memory_total_bytes = before "K total memory", unit KiB, chart memory
trafikito_vmstat_s _free              = before "K free memory", unit KiB
trafikito_vmstat_s _buffers           = before "K buffer memory", unit KiB
trafikito_vmstat_s _cached            = before "K swap cache", unit KiB
trafikito_vmstat_s memory_used_bytes  = formula memory_total_bytes - _free - _buffers - _cached, unit B, chart memory
trafikito_vmstat_s memory_used        = formula 100 * memory_used_bytes / memory_total_bytes, unit %, chart memory
trafikito_vmstat_s swap_total_bytes   = before "K total swap", unit KiB, chart swap
trafikito_vmstat_s swap_used_bytes    = before "K used swap", unit KiB, chart swap
trafikito_vmstat_s swap_used          = formula 100 * swap_used_bytes / swap_total_bytes, unit %, chart swap

# df, whatever its options; in any language
trafikito_df_p disk_used = each row column percentage by rest, unit %, chart disks, except "^(tmpfs|devtmpfs|udev|overlay|shm|none|rootfs|ramfs|efivarfs|/dev/loop\d+|cgroup\w*)\s"
trafikito_df_h disk_used = each row column percentage by rest, unit %, chart disks, except "^(tmpfs|devtmpfs|udev|overlay|shm|none|rootfs|ramfs|efivarfs|/dev/loop\d+|cgroup\w*)\s"
trafikito_df   disk_used = each row column percentage by rest, unit %, chart disks, except "^(tmpfs|devtmpfs|udev|overlay|shm|none|rootfs|ramfs|efivarfs|/dev/loop\d+|cgroup\w*)\s"

# netstat -i: packets since boot, by interface
trafikito_netstat_i network_received = each row column "RX-OK" by 1, counter, unit packets, chart network, except "^(lo|veth)"
trafikito_netstat_i network_sent     = each row column "TX-OK" by 1, counter, unit packets, chart network, except "^(lo|veth)"

# top of procps
trafikito_top processes = after "Tasks:" 1, chart processes
trafikito_top processes = after "Threads:" 1, chart processes

# lsof warns now and then, before the number
trafikito_lsof_count_open_files          open_files          = number
trafikito_lsof_count_network_connections network_connections = number
trafikito_cpu_processors_count           cpu_count           = number
)conf";

} // namespace trafikito::server::values
