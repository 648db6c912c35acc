#pragma once
// A peer that does one thing wrong, whatever an agent asks of it, and otherwise is an API of either
// version. The suites misbehaving_* run the agent against it; what a way is expected to come to
// stands beside it in one of the tables.

#include "test/support/scripted_peer.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace trafikito::test {

/// What it does instead of answering. True: it goes on with the next request of the connection;
/// false: it hangs up.
using misdeed = std::function<boost::asio::awaitable<bool>(conversation&, std::string request)>;

enum class occasion {
    connection,   ///< as soon as there is one; nothing has been read
    order,        ///< it has read the request for an order
    report,       ///< it has read the report
    unread_report ///< the report is coming, and nothing of it has been read
};

struct way {
    std::string name;
    occasion when = occasion::order;
    misdeed does;
    std::string words; ///< what the agent must say; alternatives are separated by `|`
    int code = 1;      ///< how it must exit; -1: as it likes
    int version = 0;   ///< of the API, where it is about one only
    bool tls = true;   ///< false: it speaks plainly, where the agent expects TLS
    bool named = true; ///< the agent names the peer
    std::function<void(peer_settings&)> settings{};   ///< of its TLS
    std::map<std::string, std::string> environment{}; ///< of the agent
};

/// Before HTTP: what answers there is silent, gone, or somebody else.
std::vector<way> ways_to_break_connections(certificate_authority const& authority);
/// HTTP: heads, lengths, chunks, statuses.
std::vector<way> ways_to_break_http();
/// What is said to the question for an order, in good HTTP. `elsewhere`: `host:port` of another
/// peer, to which it points.
std::vector<way> ways_to_break_orders(std::string const& elsewhere);
/// What becomes of the report.
std::vector<way> ways_to_break_reports();

/// Writes `bytes` and goes on with the next request.
misdeed answers(std::string bytes);
/// Writes `bytes` and hangs up, with a goodbye of TLS.
misdeed answers_and_leaves(std::string bytes);
/// Writes `bytes` and says nothing more.
misdeed answers_and_waits(std::string bytes);
/// Writes `bytes`, then `piece` over and over, until the agent has had enough.
misdeed never_ends(std::string bytes, std::string piece);
/// Writes `bytes` one by one, ten a second.
misdeed drips(std::string bytes);
misdeed resets();

/// `HTTP/1.1 STATUS`, `head` (lines that end in CR LF), Content-Length and `content`.
std::string http_answer(std::string const& status, std::string const& content = {},
                        std::string const& head = {});

/// A script that behaves but for `how`.
scripted_peer::script misbehaving(way how, int version);

/// What no line of the agent may hold.
inline constexpr auto call_token = "tok-7Qx-must-stay-unseen";

/// An order of that version for the command `trafikito_one`.
std::string good_order(int version);

} // namespace trafikito::test
