// Step 9, proxy and connections.
#include "agent/diagnosis/network.hpp"

#include "base/spawn.hpp"
#include "net/link/error_text.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <map>

namespace trafikito::agent::diagnosis {

namespace asio = boost::asio;
namespace link = net::link;
using asio::ip::tcp;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds longest_connect{5};
constexpr std::size_t most_addresses = 16; ///< of one name

struct attempt {
    std::optional<boost::system::error_code> ended;
    bool has_route = true; ///< looked at only where the way is closed
    steady::duration took{};
};

/// By the routes of this machine, or by an ICMP message of who rejects.
bool is_unreachable(boost::system::error_code error) {
    return error == asio::error::network_unreachable || error == asio::error::host_unreachable ||
           error == boost::system::errc::permission_denied ||
           error == boost::system::errc::no_protocol_option;
}

std::string shown(tcp::endpoint const& address) {
    auto const text = address.address().to_string();
    return (address.address().is_v6() ? "[" + text + "]" : text) + ":" +
           std::to_string(address.port());
}

/// Whether this machine itself knows a way there: the kernel says so without sending anything.
bool has_route(tcp::endpoint const& to) {
    asio::io_context unused;
    asio::ip::udp::socket probe(unused);
    boost::system::error_code failed;
    probe.open(to.address().is_v6() ? asio::ip::udp::v6() : asio::ip::udp::v4(), failed);
    if (!failed) {
        probe.connect({to.address(), to.port()}, failed);
    }
    return !failed;
}

asio::awaitable<void> connect(tcp::endpoint to, attempt& into) {
    auto const begun = steady::now();
    tcp::socket socket(co_await asio::this_coro::executor);
    auto const done = co_await socket.async_connect(to, asio::as_tuple(asio::use_awaitable));
    into.took = steady::now() - begun;
    into.ended = std::get<0>(done);
    into.has_route = !is_unreachable(*into.ended) || has_route(to);
}

/// One without a network of that family says nothing about the peer.
bool is_local(attempt const& one) {
    return (one.ended == asio::error::network_unreachable && !one.has_route) ||
           one.ended == asio::error::address_family_not_supported ||
           one.ended == boost::system::errc::address_not_available;
}

/// What the errors of a way that is closed mean here: a route of this machine that is missing, or
/// somebody who rejects what is sent (`-j REJECT`, RFC 1812, 5.2.7.1).
link::explanation explain(attempt const& one, tcp::endpoint const& to) {
    auto words = link::explain(*one.ended);
    if (!is_unreachable(*one.ended)) {
        return words;
    }
    auto const address = to.address().to_string();
    if (one.has_route) {
        words.what = "a firewall or router rejects it (" + one.ended->message() + ")";
        words.hint =
            "is a firewall of this machine (`nft list ruleset`, `iptables -S`), one on the "
            "way, or a machine that is off to blame? This machine has a route there";
    } else {
        words.what = "this machine has no way there (" + one.ended->message() + ")";
        words.hint = "is its network up, and does it have a route? `ip route get " + address +
                     "` shows which";
    }
    return words;
}

link::failure failure_of(way const& on, tcp::endpoint const& to, attempt const& telling) {
    link::failure why;
    why.at = on.through ? link::step::proxy : link::step::connect;
    why.peer = on.api.peer();
    auto const at = on.through ? "the proxy " + on.through->to.peer() + ": " : std::string();
    if (!telling.ended) {
        why.what = at + "no answer within " + took(longest_connect);
        why.hint = "does a firewall of this machine (`nft list ruleset`, `iptables -S`) or one on "
                   "the way drop it, or is that machine off?";
        return why;
    }
    auto const words = explain(telling, to);
    why.what = at + words.what;
    why.hint = words.hint;
    return why;
}

class connecting {
public:
    connecting(known const& so_far, ways& on) : so_far_(so_far), on_(on) {}

    step run() {
        {
            asio::io_context context{1};
            for (auto const& one : on_.all) {
                start(context, one);
            }
            context.run_for(longest_connect);
        }
        for (auto& one : on_.all) {
            take(one);
        }
        judge_ways(so_far_, on_, result_);
        return std::move(result_);
    }

private:
    void start(asio::io_context& context, way const& one) {
        for (std::size_t i = 0; !one.failed && i < std::min(one.found.size(), most_addresses);
             ++i) {
            auto const [at, fresh] = attempts_.try_emplace(one.found[i]);
            if (fresh) {
                base::spawn(context.get_executor(), connect(one.found[i], at->second), or_throw());
            }
        }
    }

    void take(way& one) {
        if (one.failed) {
            return;
        }
        std::optional<tcp::endpoint> telling;
        for (std::size_t i = 0; i < std::min(one.found.size(), most_addresses); ++i) {
            auto const& address = one.found[i];
            auto const& got = attempts_.at(address);
            if (got.ended && !*got.ended) {
                one.up = one.up ? one.up : std::optional(address);
                add(result_.text, shown(address) + " (" + took(got.took) + ")");
                continue;
            }
            if (!telling || !got.ended || !is_local(got)) {
                telling = address;
            }
            refused(one, address, got);
        }
        if (!one.up && telling) {
            one.failed = failure_of(one, *telling, attempts_.at(*telling));
        }
    }

    void refused(way const& one, tcp::endpoint const& address, attempt const& got) {
        auto const line = shown(address) + ": " +
                          (got.ended ? explain(got, address).what + " (" + took(got.took) + ")"
                                     : "no answer within " + took(longest_connect));
        if (std::ranges::find(result_.details, line) == result_.details.end()) {
            result_.details.push_back(line);
        }
        bool const loopback = one.first_hop().host == "localhost";
        if (!loopback && !(got.ended && is_local(got))) {
            result_.at_least(verdict::note);
        }
    }

    static void add(std::string& text, std::string const& part) {
        if (text.find(part) == std::string::npos) {
            text += (text.empty() ? "" : ", ") + part;
        }
    }

    known const& so_far_;
    ways& on_;
    std::map<tcp::endpoint, attempt> attempts_; // nodes do not move
    step result_;
};

} // namespace

step look_at_proxy(known const& so_far, ways& on) {
    step result;
    result.text = on.proxy;
    if (on.unusable) {
        result.text = on.unusable->message();
        result.add(cause_of(so_far, way(), *on.unusable));
    }
    return result;
}

step look_at_connections(known const& so_far, ways& on) {
    return connecting(so_far, on).run();
}

} // namespace trafikito::agent::diagnosis
