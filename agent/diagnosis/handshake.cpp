// Step 9, TLS: the way through the proxy, and what the peer shows: version, chain, and why it is
// not trusted, if so.
#include "agent/diagnosis/network.hpp"

#include "agent/diagnosis/steps.hpp"
#include "base/shell_quoting.hpp"
#include "base/spawn.hpp"
#include "base/version.hpp"
#include "net/http/transport.hpp"
#include "net/http/tunnel.hpp"
#include "net/link/error_text.hpp"
#include "net/link/handshake.hpp"
#include "net/link/trust.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <deque>

namespace trafikito::agent::diagnosis {

namespace asio = boost::asio;
namespace link = net::link;
namespace http = net::http;
using asio::ip::tcp;
using steady = std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds longest_handshake{6};
constexpr int most_shown = 6; ///< certificates of a chain

/// What came of one way, filled in while it is gone.
struct seen {
    link::progress progress;
    std::vector<std::string> chain; ///< that the peer sent, its own first
    std::string spoken;             ///< version and cipher
    std::optional<link::failure> failed;
    bool alerted = false; ///< by the peer, in the words of TLS
    bool ended = false;
    steady::duration took{};
};

std::vector<std::string> chain_of(X509_STORE_CTX* verification) {
    std::vector<std::string> chain;
    auto const* const sent = ::X509_STORE_CTX_get0_untrusted(verification);
    for (int i = 0; i < std::min(sk_X509_num(sent), most_shown); ++i) {
        chain.push_back(link::describe_certificate(sk_X509_value(sent, i)));
    }
    return chain;
}

/// As link::shake_hands(), and keeps the chain.
asio::awaitable<void> shake_hands(tcp::socket socket, link::tls_side& side, link::endpoint to,
                                  seen& into) {
    using verification = asio::ssl::verify_context;
    asio::ssl::stream<tcp::socket> stream(std::move(socket), side.context);
    auto* const tls = stream.native_handle();
    into.progress.enter(link::step::handshake);
    if (!link::expect_peer(tls, to.host)) {
        into.failed = link::failed_at(into.progress, to.peer(), {});
        into.failed->what = "no certificate can hold for that name";
        co_return;
    }
    link::certificate_judge judge(side, to.host);
    stream.set_verify_callback([&](bool fine, verification& at) {
        if (into.chain.empty()) {
            into.chain = chain_of(at.native_handle());
        }
        return judge(fine, at.native_handle());
    });
    auto const done = co_await stream.async_handshake(asio::ssl::stream_base::client,
                                                      asio::as_tuple(asio::use_awaitable));
    auto const error = std::get<0>(done);
    if (!error) {
        into.spoken = std::string(::SSL_get_version(tls)) + ", " + ::SSL_get_cipher_name(tls);
        co_return;
    }
    into.failed = link::failed_at(into.progress, to.peer(), error);
    into.alerted = link::is_tls_alert(error);
    if (judge.refused) {
        into.failed->what = judge.refused->what;
        into.failed->hint = judge.refused->hint;
    } else if (link::tls_sessions::wanted_certificate(tls)) {
        into.failed->hint = "it asked for a client certificate: set client_cert and client_key";
    }
}

asio::awaitable<void> go(way on, link::tls_side& side, seen& into) {
    auto const begun = steady::now();
    tcp::socket socket(co_await asio::this_coro::executor);
    into.progress.enter(link::step::connect);
    auto const made = co_await socket.async_connect(*on.up, asio::as_tuple(asio::use_awaitable));
    if (auto const error = std::get<0>(made)) {
        into.failed = link::failed_at(into.progress, on.api.peer(), error);
    } else if (on.through && !on.through->to.tls) {
        http::transport_over<tcp::socket> over(socket);
        auto const agent = "trafikito-agent/" + std::string(base::version);
        auto const target = on.api.peer();
        into.failed = co_await http::open_tunnel(over, *on.through, target, agent, into.progress);
    }
    if (!into.failed && on.first_hop().tls) {
        co_await shake_hands(std::move(socket), side, on.first_hop(), into);
    } else if (!into.failed && on.api.tls) {
        co_await shake_hands(std::move(socket), side, on.api, into);
    }
    into.took = steady::now() - begun;
    into.ended = true;
}

/// With the trust, the certificate and the pins of the settings; a proxy needs no pin.
link::result<std::unique_ptr<link::tls_side>> make_side(config::settings const& settings,
                                                        bool of_proxy) {
    link::tls_settings from{settings.ca_file, settings.client_cert, settings.client_key};
    if (of_proxy) {
        from.client_cert.clear();
        from.client_key.clear();
    }
    auto pins = link::parse_pins(of_proxy ? std::string() : settings.pin);
    if (!pins) {
        return pins.error();
    }
    auto context = link::make_tls_context(from);
    if (!context) {
        return context.error();
    }
    return std::make_unique<link::tls_side>(std::move(*context), std::move(*pins),
                                            link::trust_of(from));
}

/// With other authorities than those of the settings.
link::result<std::unique_ptr<link::tls_side>> make_side(config::settings settings,
                                                        std::filesystem::path const& ca_file) {
    settings.ca_file = ca_file;
    return make_side(settings, false);
}

/// Certificates that lie beside the configuration, and are not those of ca_file.
std::vector<std::filesystem::path> other_trust(config::settings const& settings) {
    constexpr std::size_t most = 4;
    std::vector<std::filesystem::path> found;
    std::error_code failed;
    for (std::filesystem::directory_iterator at(settings.config_file.parent_path(), failed);
         !failed && at != std::filesystem::directory_iterator() && found.size() < most;
         at.increment(failed)) {
        auto const kind = at->path().extension();
        if ((kind == ".pem" || kind == ".crt") && at->path() != settings.ca_file) {
            found.push_back(at->path());
        }
    }
    return found;
}

/// Who set the variable by which OpenSSL finds those it trusts, if somebody did.
std::string trust_variable(known const& so_far) {
    for (auto const* const name : {"SSL_CERT_FILE", "SSL_CERT_DIR"}) {
        if (so_far.settings().ca_file.empty() && so_far.environment.has(name)) {
            return std::string(name) + " in " + so_far.environment.in_words();
        }
    }
    return {};
}

std::string trust_in_words(config::settings const& settings) {
    if (!settings.ca_file.empty()) {
        return "trusted are the certificates of ca_file " + settings.ca_file.string();
    }
    auto const places = link::system_trust_places();
    auto const found = link::find_trust(places);
    return found.in == link::trust::nobody
               ? "no authority is trusted: nothing was found in " + link::in_words(places)
               : "trusted are the system's authorities (" +
                     (found.bundle.empty() ? places.directory : found.bundle) + ")";
}

class handshakes {
public:
    handshakes(known const& so_far, ways& on) : so_far_(so_far), on_(on), seen_(on.all.size()) {}

    step run() {
        auto const& settings = so_far_.settings();
        auto of_api = make_side(settings, false);
        auto of_proxy = make_side(settings, true);
        if (!of_api || !of_proxy) {
            return unusable(of_api ? of_proxy.error() : of_api.error());
        }
        {
            asio::io_context context{1};
            for (std::size_t i = 0; i < on_.all.size(); ++i) {
                auto const& one = on_.all[i];
                if (!one.failed && (one.api.tls || one.through)) {
                    bool const to_proxy = one.through && one.through->to.tls;
                    base::spawn(context.get_executor(),
                                go(one, to_proxy ? **of_proxy : **of_api, seen_[i]), or_throw());
                }
            }
            context.run_for(longest_handshake);
        }
        for (std::size_t i = 0; i < on_.all.size(); ++i) {
            take(on_.all[i], seen_[i]);
        }
        judge_ways(so_far_, on_, result_);
        for (auto& one : result_.causes) {
            find_other_trust(one);
        }
        blame_clock();
        if (result_.text.empty()) {
            result_.is = verdict::skipped;
            result_.text = "none: the API is on this machine, without TLS";
        }
        if (result_.is == verdict::wrong) {
            result_.details.push_back(trust_in_words(settings));
            blame_variable();
        }
        return std::move(result_);
    }

private:
    step unusable(link::failure const& why) {
        result_.text = why.what;
        for (auto& one : on_.all) {
            one.failed = one.failed ? one.failed : std::optional(why);
        }
        if (!so_far_.sees_as_daemon()) { // which may be able to read it
            result_.is = verdict::unseen;
            return std::move(result_);
        }
        result_.add({.rank = rank::trust,
                     .sentence = "the API is not reached: " + why.what,
                     .advice = why.hint.empty()
                                   ? "correct that in " + so_far_.settings().config_file.string()
                                   : why.hint,
                     .command = {}});
        return std::move(result_);
    }

    void blame_variable() {
        auto const variable = trust_variable(so_far_);
        if (variable.empty()) {
            return;
        }
        for (auto& one : result_.causes) {
            one.advice += one.advice.empty() ? "" : "; ";
            one.advice += "whom to trust is said by " + variable + ", in place of the system";
        }
    }

    /// A certificate that is not valid now, by a clock that was set since the agent started.
    void blame_clock() {
        bool const dated = std::ranges::any_of(result_.causes, [](cause const& one) {
            return one.sentence.find(" expired on ") != std::string::npos ||
                   one.sentence.find(" is not valid before ") != std::string::npos;
        });
        if (dated && so_far_.clock_jump != std::chrono::seconds(0)) {
            result_.add(clock_that_was_set(so_far_));
        }
    }

    /// Whether what lies beside the configuration vouches for the API: then it was to be named.
    void find_other_trust(cause& of) {
        auto const& settings = so_far_.settings();
        auto const& first = on_.all.front();
        if (of.rank != rank::handshake || !first.up || first.through) {
            return;
        }
        for (auto const& file : other_trust(settings)) {
            auto side = make_side(settings, file);
            if (!side) {
                continue;
            }
            seen got;
            asio::io_context context{1};
            base::spawn(context.get_executor(), go(first, **side, got), or_throw());
            context.run_for(longest_handshake / 2);
            if (got.ended && !got.failed) {
                auto const config = base::shell_quoted(settings.config_file.native());
                of.advice = file.string() + " vouches for it";
                of.command = settings.ca_file.empty()
                                 ? "echo " + base::shell_quoted("ca_file = " + file.string()) +
                                       " >>" + config
                                 : "sed -i " +
                                       base::shell_quoted("s|" + settings.ca_file.string() + "|" +
                                                          file.string() + "|") +
                                       ' ' + config;
                return;
            }
        }
    }

    void take(way& one, seen& got) {
        if (one.failed || (!one.api.tls && !one.through)) {
            return;
        }
        if (!got.ended) {
            got.failed.emplace();
            got.failed->at = got.progress.at;
            got.failed->peer = one.api.peer();
            got.failed->what = (one.through && got.progress.at == link::step::proxy
                                    ? "the proxy " + one.through->to.peer() + " gave no answer"
                                    : "no answer") +
                               std::string(" within ") + took(longest_handshake);
            got.failed->hint = got.progress.at == link::step::handshake
                                   ? "does that port speak TLS, and does its program still turn?"
                                   : "";
        }
        for (auto const& certificate : got.chain) {
            result_.details.push_back(one.first_hop().peer() + " shows " + certificate);
        }
        one.speaks_tls = got.alerted || !got.chain.empty();
        if (got.failed) {
            if (one.through && one.through->to.tls) {
                got.failed->at = link::step::proxy;
            }
            one.failed = std::move(got.failed);
            return;
        }
        result_.text += (result_.text.empty() ? "" : "; ") + one.api.peer() + ": " + got.spoken +
                        (one.through ? " through the proxy" : "") + " (" + took(got.took) + ")";
    }

    known const& so_far_;
    ways& on_;
    std::deque<seen> seen_; // stable addresses
    step result_;
};

} // namespace

step look_at_handshakes(known const& so_far, ways& on) {
    return handshakes(so_far, on).run();
}

} // namespace trafikito::agent::diagnosis
