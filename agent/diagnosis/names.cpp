// Step 9, names: what the system makes of the API's names (or the proxy's), and what each name
// server says by itself.
#include "agent/diagnosis/network.hpp"

#include "agent/diagnosis/dns_query.hpp"
#include "agent/diagnosis/name_sources.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "base/spawn.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace trafikito::agent::diagnosis {

namespace asio = boost::asio;
namespace link = net::link;
using asio::ip::udp;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds longest_lookup{6}; ///< the C library's first try takes 5

struct looked_up {
    std::optional<link::result<link::addresses>> came;
    steady::duration took{};
};

bool is_literal(std::string const& host) {
    boost::system::error_code none;
    asio::ip::make_address(host, none);
    return !none || host == "localhost";
}

class look_up {
public:
    look_up(known const& so_far, ways& on) : so_far_(so_far), on_(on) {}

    step run();

private:
    [[nodiscard]] std::string text_of(std::string_view file) const;
    void start_all(asio::io_context& context, link::resolver& names);
    asio::awaitable<void> resolve(link::resolver& names, std::string host, std::uint16_t port);
    static asio::awaitable<void> ask_server(asked_server& who, std::string host);
    void take(way& one);
    void judge_servers();
    void note_hosts(way& one);
    void explain(cause& one) const;

    known const& so_far_;
    ways& on_;
    std::map<std::string, looked_up> hosts_;
    std::vector<asked_server> servers_;
    std::string hosts_file_;
    name_order order_;
    step result_;
};

step look_up::run() {
    {
        asio::io_context context{1};
        auto const names = link::make_system_resolver(context.get_executor(), 16);
        start_all(context, *names);
        context.run_for(longest_lookup);
    }
    for (auto& one : on_.all) {
        take(one);
    }
    judge_servers();
    judge_ways(so_far_, on_, result_);
    if (result_.is == verdict::wrong) {
        for (auto& one : result_.causes) {
            explain(one);
        }
    }
    return std::move(result_);
}

void look_up::start_all(asio::io_context& context, link::resolver& names) {
    std::string unknown;
    for (auto const& one : on_.all) {
        auto const& hop = one.first_hop();
        if (!hosts_.contains(hop.host)) {
            hosts_.emplace(hop.host, looked_up{});
            base::spawn(context.get_executor(), resolve(names, hop.host, hop.port), or_throw());
        }
        unknown = unknown.empty() && !is_literal(hop.host) ? hop.host : unknown;
    }
    if (unknown.empty()) {
        return;
    }
    hosts_file_ = text_of("etc/hosts");
    order_ = parse_name_order(text_of("etc/nsswitch.conf"));
    for (auto const& server : parse_name_servers(text_of("etc/resolv.conf"))) {
        asked_server one;
        one.address = server;
        servers_.push_back(std::move(one));
    }
    for (auto& server : servers_) {
        base::spawn(context.get_executor(), ask_server(server, unknown), or_throw());
    }
}

std::string look_up::text_of(std::string_view file) const {
    constexpr std::size_t limit = 1024UL * 1024;
    return base::read_file(so_far_.at_root(file), limit).content.value_or("");
}

asio::awaitable<void> look_up::resolve(link::resolver& names, std::string host,
                                       std::uint16_t port) {
    auto const begun = steady::now();
    auto found = co_await names.resolve(host, port);
    auto& here = hosts_[host];
    here.took = steady::now() - begun;
    here.came.emplace(std::move(found));
}

asio::awaitable<void> look_up::ask_server(asked_server& who, std::string host) {
    boost::system::error_code failed;
    auto const address = asio::ip::make_address(who.address, failed);
    auto const id = static_cast<std::uint16_t>(base::random_source{}());
    auto const question = dns_question(host, id);
    if (failed || question.empty()) {
        who.said = failed ? "that is no address" : "";
        co_return;
    }
    udp::endpoint const to(address, 53);
    udp::socket socket(co_await asio::this_coro::executor);
    socket.open(to.protocol(), failed);
    if (!failed) {
        socket.connect(to, failed);
    }
    auto const begun = steady::now();
    std::array<char, 1500> answer{};
    auto const out = asio::buffer(question);
    auto const in = asio::buffer(answer);
    std::size_t size = 0;
    if (!failed) {
        auto const sent = co_await socket.async_send(out, asio::as_tuple(asio::use_awaitable));
        failed = std::get<0>(sent);
    }
    if (!failed) {
        auto const got = co_await socket.async_receive(in, asio::as_tuple(asio::use_awaitable));
        failed = std::get<0>(got);
        size = std::get<1>(got);
    }
    who.took = steady::now() - begun;
    auto const parsed =
        failed ? std::nullopt : parse_dns_answer(std::string_view(answer.data(), size), id);
    who.said = failed ? failed.message() : parsed ? in_words(*parsed) : "its answer is none";
    constexpr unsigned no_such_name = 3;
    using said = asked_server::answer;
    who.is = failed                                   ? said::none
             : parsed && parsed->code == 0            ? said::knows
             : parsed && parsed->code == no_such_name ? said::denies
                                                      : said::fails;
}

void look_up::take(way& one) {
    auto const& hop = one.first_hop();
    auto const& got = hosts_.at(hop.host);
    auto line = hop.host + ": ";
    if (got.came && *got.came) {
        one.found = **got.came;
        for (auto& address : one.found) {
            line += (&address == one.found.data() ? "" : ", ") + address.address().to_string();
            address.port(hop.port);
        }
        line += is_literal(hop.host) ? "" : " (" + took(got.took) + ")";
        if (result_.text.find(line) == std::string::npos) {
            result_.text += (result_.text.empty() ? "" : "; ") + line;
        }
        note_hosts(one);
        return;
    }
    link::failure why;
    if (got.came) {
        why = got.came->error();
    } else {
        why.what = "the name could not be looked up within " + took(longest_lookup);
        why.hint = "are the name servers in /etc/resolv.conf reachable?";
    }
    why.at = link::step::resolve;
    why.peer = hop.peer();
    result_.details.push_back(line + why.what);
    one.failed = std::move(why);
}

void look_up::judge_servers() {
    for (auto const& server : servers_) {
        bool const answered = !server.said.empty();
        result_.details.push_back("name server " + server.address + ": " +
                                  (answered ? server.said + " (" + took(server.took) + ")"
                                            : "no answer within " + took(longest_lookup)));
        if (!answered || server.is == asked_server::answer::fails) {
            result_.at_least(verdict::note);
        }
    }
}

/// What decided before any name server, or what these, each asked by itself, tell.
void look_up::explain(cause& one) const {
    auto const failed = std::ranges::find_if(
        on_.all, [](way const& each) { return each.failed && each.found.empty(); });
    auto const& host = (failed == on_.all.end() ? on_.all.front() : *failed).first_hop().host;
    bool const known = std::ranges::find(servers_, asked_server::answer::knows,
                                         &asked_server::is) != servers_.end();
    auto const order = judge_name_order(order_, find_in_hosts(hosts_file_, host), host, known);
    if (!order.sentence.empty()) {
        one.sentence += ": " + order.sentence;
        one.advice = {};
        one.command = order.command;
        return;
    }
    auto const& first = on_.all.front();
    auto const more =
        judge_name_servers(servers_, so_far_.where_written(first.through ? "proxy" : first.key));
    one.advice = more.empty() ? one.advice : more;
}

/// A name that /etc/hosts decides, or would if it were read: said where the way ends later.
void look_up::note_hosts(way& one) {
    auto const& host = one.first_hop().host;
    auto const entries =
        is_literal(host) ? std::vector<hosts_entry>() : find_in_hosts(hosts_file_, host);
    if (entries.empty()) {
        return;
    }
    auto const place = "/etc/hosts (" + lines_of(entries) + ")";
    std::string line;
    bool const decides = std::ranges::any_of(one.found, [&](auto const& each) {
        return std::ranges::find(entries, each.address().to_string(), &hosts_entry::address) !=
               entries.end();
    });
    if (decides && order_.reads_hosts) {
        one.about_name = "the address of " + host + " stands in " + place +
                         ", and no name server is asked: is it still right?";
        line = host + ": by " + place + ", before any name server";
    } else {
        one.about_name = place + " has " + host +
                         ", which does not count here: `hosts: " + order_.text +
                         "` in /etc/nsswitch.conf";
        line = one.about_name;
    }
    if (std::ranges::find(result_.details, line) == result_.details.end()) {
        result_.details.push_back(std::move(line));
    }
}

} // namespace

step look_at_names(known const& so_far, ways& on) {
    return look_up(so_far, on).run();
}

} // namespace trafikito::agent::diagnosis
