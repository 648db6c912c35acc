// What may go wrong before a byte of HTTP.
#include "test/e2e/misbehaving_peer.hpp"

#include <openssl/ssl.h>

namespace trafikito::test {

namespace {

namespace asio = boost::asio;
using deed = asio::awaitable<bool>;
using std::chrono::hours;

constexpr auto in_handshake = "handshake with";
constexpr auto no_tls = "does not speak TLS";

certificate_wish loopback() {
    certificate_wish wish;
    wish.names = {"127.0.0.1"};
    return wish;
}

/// Shows a certificate that has something the matter.
way certificate(std::string name, identity shown, std::string words) {
    way one{std::move(name), occasion::order, answers(ok_answer("unreached")), std::move(words)};
    one.settings = [shown](peer_settings& with) { with.tls = shown; };
    return one;
}

way without_tls(std::string name, misdeed does, std::string words) {
    way one{std::move(name), occasion::connection, std::move(does), std::move(words)};
    one.tls = false;
    return one;
}

/// A fatal alert (RFC 8446, 6).
std::string alert(char number) {
    return std::string("\x15\x03\x03\x00\x02\x02", 6) + number;
}

misdeed after_hello(std::string bytes, bool leaves) {
    return [bytes, leaves](conversation& with, std::string) -> deed {
        co_await with.read_some();
        co_await with.write(bytes);
        if (!leaves) {
            co_await with.stay_silent();
        }
        co_return false;
    };
}

void add_strangers(std::vector<way>& list) {
    std::string const half_a_hello("\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03", 11);
    std::string const zeros(64, '\0');
    auto const leaves = [](conversation&, std::string) -> deed { co_return false; };
    list.push_back(
        without_tls("accepts and says nothing", answers_and_waits(""), "handshake with|timed out"));
    list.push_back(without_tls("accepts and leaves", leaves, in_handshake));
    list.push_back(without_tls("accepts and resets", resets(), in_handshake));
    list.push_back(without_tls("zeros", answers_and_waits(zeros), no_tls));
    list.push_back(without_tls("zeros without end", never_ends(zeros, zeros), no_tls));
    list.push_back(
        without_tls("an SSH server", answers_and_waits("SSH-2.0-OpenSSH_9.2p1\r\n"), no_tls));
    list.push_back(
        without_tls("plain HTTP", after_hello(http_answer("400 Bad Request"), false), no_tls));
    list.push_back(without_tls("plain HTTP that leaves",
                               after_hello(http_answer("400 Bad Request"), true), no_tls));
    list.push_back(
        without_tls("stalls half-way", after_hello(half_a_hello, false), "timed out after"));
    list.push_back(without_tls("leaves half-way", after_hello(half_a_hello, true),
                               "in the middle of the handshake|the peer reset the connection"));
    list.push_back(without_tls("drips the handshake", drips(half_a_hello + std::string(200, 'x')),
                               "timed out after"));
    list.push_back(without_tls("refuses the handshake", after_hello(alert(40), false),
                               "refused the handshake"));
    list.push_back(without_tls("does not know the name", after_hello(alert(112), false),
                               "does not serve that name"));
    list.push_back(
        without_tls("has an internal error", after_hello(alert(80), false), "internal error"));
}

void add_certificates(std::vector<way>& list, certificate_authority const& authority) {
    auto expired = loopback();
    expired.valid_from = hours(-72);
    expired.valid_to = hours(-24);
    list.push_back(certificate("expired", authority.issue(expired), "expired on"));
    auto early = loopback();
    early.valid_from = hours(24);
    early.valid_to = hours(48);
    list.push_back(certificate("not yet valid", authority.issue(early), "valid"));
    auto other = loopback();
    other.names = {"other.example"};
    list.push_back(certificate("another name", authority.issue(other), "it is for other.example"));
    list.push_back(certificate("self-signed", self_signed(loopback()), "certificate"));
    certificate_authority const stranger("Somebody Else");
    list.push_back(certificate("another authority", stranger.issue(loopback()), "Somebody Else"));
    for (int const version : {TLS1_VERSION, TLS1_1_VERSION}) {
        auto one = certificate("too old", {}, "before 1.2");
        one.settings = [version](peer_settings& with) { with.max_tls_version = version; };
        one.name += " " + std::to_string(version);
        list.push_back(std::move(one));
    }
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        auto one = certificate("wants a client certificate", {}, "client certificate");
        auto const ca = authority.certificate();
        one.settings = [ca, version](peer_settings& with) {
            with.client_ca = ca;
            with.max_tls_version = version;
        };
        one.name += " " + std::to_string(version);
        list.push_back(std::move(one));
    }
}

void add_broken_off(std::vector<way>& list) {
    auto const leaves = [](conversation&, std::string) -> deed { co_return false; };
    auto const with_goodbye = [](conversation& with, std::string) -> deed {
        co_await with.shut_down();
        co_return false;
    };
    std::string const settings_frame("\x00\x00\x00\x04\x00\x00\x00\x00\x00", 9);
    list.push_back({"shakes hands and leaves", occasion::connection, leaves, "without an answer"});
    list.push_back(
        {"shakes hands and says goodbye", occasion::connection, with_goodbye, "without an answer"});
    list.push_back({"shakes hands and resets", occasion::connection, resets(),
                    "the peer reset the connection|closed the connection"});
    list.push_back({"shakes hands and reads nothing", occasion::connection, answers_and_waits(""),
                    "waiting for"});
    list.push_back({"speaks HTTP/2 unasked", occasion::connection,
                    answers_and_waits(settings_frame), "is not HTTP"});
    list.push_back({"speaks without end before it is asked", occasion::connection,
                    never_ends("", std::string(16'384, 'x')), "is not HTTP"});
}

} // namespace

std::vector<way> ways_to_break_connections(certificate_authority const& authority) {
    std::vector<way> list;
    add_strangers(list);
    add_certificates(list, authority);
    add_broken_off(list);
    return list;
}

} // namespace trafikito::test
