// Step 9, names: what the system makes of the API's names (or the proxy's), and what each name
// server says by itself.
#include "agent/diagnosis/network.hpp"

#include "agent/diagnosis/dns_query.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "base/spawn.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/use_awaitable.hpp>

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

struct asked_server {
    std::string address;
    std::string said; ///< in words; empty: nothing came
    bool knows = false;
    bool denies = false; ///< says that there is no such name
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
    void start_all(asio::io_context& context, link::resolver& names);
    asio::awaitable<void> resolve(link::resolver& names, std::string host, std::uint16_t port);
    static asio::awaitable<void> ask_server(asked_server& who, std::string host);
    void take(way& one);
    void judge_servers();
    [[nodiscard]] std::string advice() const;

    known const& so_far_;
    ways& on_;
    std::map<std::string, looked_up> hosts_;
    std::vector<asked_server> servers_;
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
            auto const more = advice();
            one.advice = more.empty() ? one.advice : more;
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
    constexpr std::size_t limit = 64UL * 1024;
    auto const text = base::read_file(so_far_.at_root("etc/resolv.conf"), limit);
    for (auto const& server : parse_name_servers(text.content.value_or(""))) {
        asked_server one;
        one.address = server;
        servers_.push_back(std::move(one));
    }
    for (auto& server : servers_) {
        base::spawn(context.get_executor(), ask_server(server, unknown), or_throw());
    }
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
    who.knows = parsed && parsed->code == 0;
    who.denies = parsed && parsed->code == 3;
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
        bool const answered = server.knows || server.denies || !server.said.empty();
        result_.details.push_back("name server " + server.address + ": " +
                                  (answered ? server.said + " (" + took(server.took) + ")"
                                            : "no answer within " + took(longest_lookup)));
        if (!answered) {
            result_.at_least(verdict::note);
        }
    }
}

/// What only the name servers, each asked by itself, tell.
std::string look_up::advice() const {
    auto const file = so_far_.settings().config_file.string();
    auto const& first = on_.all.front();
    if (servers_.empty()) {
        return "/etc/resolv.conf names no name server: write `nameserver ADDRESS` into it";
    }
    std::string silent;
    for (auto const& server : servers_) {
        if (server.denies) {
            return "the name servers say that there is no such name: correct " +
                   (first.through ? "proxy" : first.key) + " in " + file;
        }
        silent += (silent.empty() ? "" : ", ") + server.address;
    }
    for (auto const& server : servers_) {
        if (server.knows) {
            return {};
        }
    }
    return "no name server of /etc/resolv.conf answers (" + silent +
           "): is there a network, and are these the right ones?";
}

} // namespace

step look_at_names(known const& so_far, ways& on) {
    return look_up(so_far, on).run();
}

} // namespace trafikito::agent::diagnosis
