#pragma once
// Who decides what a name means on this machine: /etc/hosts, the order of /etc/nsswitch.conf, the
// name servers. Pure: texts and answers in, words out; names.cpp reads and asks.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::agent::diagnosis {

struct hosts_entry {
    std::size_t line = 0;
    std::string address;
};

/// Of that name in the text of /etc/hosts (hosts(5)), in their order.
std::vector<hosts_entry> find_in_hosts(std::string_view text, std::string_view host);

/// `line 3`, `lines 3 and 4`
std::string lines_of(std::vector<hosts_entry> const& entries);

/// The line `hosts:` of nsswitch.conf(5).
struct name_order {
    std::string text;        ///< `files dns`
    bool reads_hosts = true; ///< /etc/hosts counts
    bool asks_servers = true;
};

/// That of the text; what the C library does by itself where there is no such line.
name_order parse_name_order(std::string_view text);

/// What a name server, asked by itself, came to.
struct asked_server {
    enum class answer : std::uint8_t {
        none,   ///< within the time
        knows,  ///< the name
        denies, ///< there is no such name
        fails   ///< it answers, and does not find out: SERVFAIL, REFUSED, nonsense
    };

    std::string address;
    std::string said; ///< in words; empty: nothing came
    answer is = answer::none;
    std::chrono::steady_clock::duration took{};
};

/// What the name servers together say of a name that could not be looked up, and what to do; empty
/// where one of them knows it. `where`: the key that names it, `api_url in FILE`.
std::string judge_name_servers(std::vector<asked_server> const& all, std::string const& where);

/// What decides a look-up before any name server does, and what mends it.
struct name_verdict {
    std::string sentence; ///< why it fails; empty: nothing of that
    std::string command;
};

/// Of a name that could not be looked up.
name_verdict judge_name_order(name_order const& order, std::vector<hosts_entry> const& entries,
                              std::string const& host, bool a_server_knows);

} // namespace trafikito::agent::diagnosis
