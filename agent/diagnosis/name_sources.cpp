#include "agent/diagnosis/name_sources.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>

namespace trafikito::agent::diagnosis {

namespace {

constexpr std::size_t most_entries = 8;
constexpr std::string_view usual_order = "files dns";

std::string_view without_comment(std::string_view line) {
    return line.substr(0, line.find('#'));
}

std::string_view without_root(std::string_view host) {
    return host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
}

/// Modules that ask name servers: the C library's, systemd-resolved, and what others put there of
/// which nothing is known.
bool asks_servers(std::string_view source) {
    constexpr std::array<std::string_view, 7> local{"files",  "myhostname",    "mymachines",  "db",
                                                    "compat", "mdns4_minimal", "mdns_minimal"};
    return std::ranges::find(local, source) == local.end() && !source.starts_with("mdns");
}

/// An action that ends the search where a source does not know the name.
bool ends_search(std::string_view action) {
    auto const text = base::lower(action);
    return text.find("notfound=return") != std::string::npos ||
           (text.find("[!") != std::string::npos && text.find("=return") != std::string::npos &&
            text.find("[!notfound") == std::string::npos);
}

std::string joined(std::vector<std::string_view> const& words) {
    std::string text;
    for (auto const word : words) {
        text += (text.empty() ? "" : " ") + std::string(word);
    }
    return text;
}

std::string listed(std::vector<asked_server> const& all, asked_server::answer which) {
    std::string text;
    for (auto const& one : all) {
        if (one.is == which) {
            text += (text.empty() ? "" : ", ") + one.address +
                    (one.said.empty() ? "" : ": " + one.said);
        }
    }
    return text;
}

} // namespace

std::vector<hosts_entry> find_in_hosts(std::string_view text, std::string_view host) {
    std::vector<hosts_entry> found;
    base::line_reader lines(text);
    while (auto const line = lines.next()) {
        auto const words = base::words_in(without_comment(line->text));
        bool const names = words.size() > 1 &&
                           std::any_of(words.begin() + 1, words.end(), [&](std::string_view word) {
                               return base::equals_ignoring_case(word, without_root(host));
                           });
        if (names && found.size() < most_entries) {
            found.push_back({line->number, std::string(words.front())});
        }
    }
    return found;
}

std::string lines_of(std::vector<hosts_entry> const& entries) {
    std::string text = entries.size() == 1 ? "line " : "lines ";
    for (std::size_t i = 0; i < entries.size(); ++i) {
        text += i == 0 ? "" : i + 1 == entries.size() ? " and " : ", ";
        text += std::to_string(entries[i].line);
    }
    return text;
}

name_order parse_name_order(std::string_view text) {
    constexpr std::string_view database = "hosts:";
    std::vector<std::string_view> sources;
    base::line_reader lines(text);
    while (auto const line = lines.next()) {
        auto const rest = base::trim_white_space(line->text);
        if (rest.starts_with(database)) { // the last one counts
            sources = base::words_in(without_comment(rest.substr(database.size())));
        }
    }
    name_order order;
    order.text = sources.empty() ? std::string(usual_order) : joined(sources);
    if (sources.empty()) {
        return order;
    }
    order.reads_hosts = order.asks_servers = false;
    std::string_view before;
    bool in_action = false;
    for (auto const word : sources) {
        in_action = in_action || word.starts_with('[');
        if (in_action) {
            // mDNS knows names of `.local` alone, and ends the search for those alone.
            if (ends_search(word) && !before.starts_with("mdns")) {
                return order;
            }
            in_action = !word.ends_with(']');
            continue;
        }
        before = word;
        // systemd-resolved reads /etc/hosts itself.
        order.reads_hosts = order.reads_hosts || word == "files" || word == "resolve";
        order.asks_servers = order.asks_servers || asks_servers(word);
    }
    return order;
}

std::string judge_name_servers(std::vector<asked_server> const& all, std::string const& where) {
    using answer = asked_server::answer;
    auto const any = [&](answer which) {
        return std::ranges::find(all, which, &asked_server::is) != all.end();
    };
    if (all.empty()) {
        return "/etc/resolv.conf names no name server: write `nameserver ADDRESS` into it";
    }
    if (any(answer::denies) && any(answer::knows)) {
        return "the name servers of /etc/resolv.conf do not agree (" + listed(all, answer::knows) +
               "; " + listed(all, answer::denies) +
               "): name those there that know the API, or correct " + where;
    }
    if (any(answer::denies)) {
        return "the name servers say that there is no such name: correct " + where;
    }
    if (any(answer::knows)) {
        return {};
    }
    auto const silent = listed(all, answer::none);
    if (any(answer::fails)) {
        return "no name server of /etc/resolv.conf finds that name out, though there is one that "
               "answers (" +
               listed(all, answer::fails) + (silent.empty() ? "" : "; no answer: " + silent) +
               "): whoever runs it must mend it, or name another one there (`nameserver ADDRESS`)";
    }
    return "no name server of /etc/resolv.conf answers (" + silent +
           "): is there a network, and are these the right ones?";
}

name_verdict judge_name_order(name_order const& order, std::vector<hosts_entry> const& entries,
                              std::string const& host, bool a_server_knows) {
    bool const simple = order.text.find('[') == std::string::npos;
    auto const sources = !simple ? std::string(usual_order)
                                 : (order.reads_hosts ? "" : "files ") + order.text +
                                       (order.asks_servers ? "" : " dns");
    auto const mend = "sed -i 's/^[[:space:]]*hosts:.*/hosts: " + sources + "/' /etc/nsswitch.conf";
    auto const line = "the line `hosts: " + order.text + "` of /etc/nsswitch.conf ";
    if (!entries.empty() && !order.reads_hosts) {
        return {line + "does not read /etc/hosts, whose " + lines_of(entries) + " has " + host,
                mend};
    }
    if (!order.asks_servers) {
        return {line + "asks no name server" +
                    (a_server_knows ? ", and one of /etc/resolv.conf knows " + host : ""),
                mend};
    }
    return {};
}

} // namespace trafikito::agent::diagnosis
