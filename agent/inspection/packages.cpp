#include "agent/inspection/packages.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

namespace trafikito::agent::inspection {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 64> packages{{
    {"arp", "net-tools"},
    {"bc", "bc"},
    {"chronyc", "chrony"},
    {"curl", "curl"},
    {"dig", "bind9-dnsutils"},
    {"dmidecode", "dmidecode"},
    {"docker", "docker.io"},
    {"dstat", "dstat"},
    {"ethtool", "ethtool"},
    {"fail2ban-client", "fail2ban"},
    {"free", "procps"},
    {"host", "bind9-host"},
    {"hostname", "hostname"},
    {"htop", "htop"},
    {"ifconfig", "net-tools"},
    {"ifstat", "ifstat"},
    {"iftop", "iftop"},
    {"iostat", "sysstat"},
    {"iotop", "iotop"},
    {"ip", "iproute2"},
    {"iptables", "iptables"},
    {"jq", "jq"},
    {"lsof", "lsof"},
    {"lspci", "pciutils"},
    {"lsusb", "usbutils"},
    {"lvs", "lvm2"},
    {"mailq", "postfix"},
    {"mdadm", "mdadm"},
    {"mpstat", "sysstat"},
    {"mtr", "mtr-tiny"},
    {"mysql", "default-mysql-client"},
    {"mysqladmin", "default-mysql-client"},
    {"nc", "netcat-openbsd"},
    {"netstat", "net-tools"},
    {"nft", "nftables"},
    {"nmap", "nmap"},
    {"nslookup", "bind9-dnsutils"},
    {"ntpq", "ntpsec"},
    {"perl", "perl"},
    {"pgrep", "procps"},
    {"pidstat", "sysstat"},
    {"ping", "iputils-ping"},
    {"ps", "procps"},
    {"psql", "postgresql-client"},
    {"pvs", "lvm2"},
    {"python3", "python3"},
    {"redis-cli", "redis-tools"},
    {"route", "net-tools"},
    {"sar", "sysstat"},
    {"sensors", "lm-sensors"},
    {"smartctl", "smartmontools"},
    {"sqlite3", "sqlite3"},
    {"ss", "iproute2"},
    {"sudo", "sudo"},
    {"top", "procps"},
    {"traceroute", "traceroute"},
    {"uptime", "procps"},
    {"vgs", "lvm2"},
    {"vmstat", "procps"},
    {"vnstat", "vnstat"},
    {"w", "procps"},
    {"wget", "wget"},
    {"zfs", "zfsutils-linux"},
    {"zpool", "zfsutils-linux"},
}};

} // namespace

std::string_view package_of(std::string_view program) {
    auto const* const found =
        std::ranges::find(packages, program, [](auto const& one) { return one.first; });
    return found == packages.end() ? std::string_view() : found->second;
}

std::string how_to_install(std::string_view package) {
    bool const by_apt = ::access("/usr/bin/apt-get", X_OK) == 0;
    return by_apt ? "Type: apt-get install " + std::string(package)
                  : "Install the package that brings it (Debian calls it " + std::string(package) +
                        ").";
}

} // namespace trafikito::agent::inspection
