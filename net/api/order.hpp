#pragma once
// What the API answers when asked what to run (doc/protocol.md, "v1" and "v2", step 1). Pure text:
// whether a name stands in the local list, and what the once-a-minute rule means for the next
// cycle, others decide.

#include "net/api/api_error.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace trafikito::net::api {

struct order {
    std::string token; ///< opaque; never interpret it, never log it above debug
    /// In the order asked, each once. Those that match valid_name() are names of commands, with
    /// prefix; the others, at most 64, are refused and there to be answered: printable, and at most
    /// about 200 characters.
    std::vector<std::string> names;
    std::string version;              ///< the agent version that the API offers (v2), else empty
    std::chrono::seconds delay{0};    ///< to add to the next due time (v2); at most 24 h
    std::vector<std::string> widgets; ///< ids (v2)

    friend bool operator==(order const&, order const&) = default;
};

/// v2's `=`: use the last order again.
struct unchanged {
    friend bool operator==(unchanged const&, unchanged const&) = default;
};

/// v2's `STOP reason`: the server was removed.
struct stop {
    std::string reason;
    friend bool operator==(stop const&, stop const&) = default;
};

/// Neither an order nor an error; `what` says in words for the log why not.
struct not_an_order {
    std::string what;
    friend bool operator==(not_an_order const&, not_an_order const&) = default;
};

using order_answer = std::variant<order, unchanged, stop, api_error, not_an_order>;

/// `^trafikito_[a-zA-Z0-9_]+$`, at most 200 characters.
bool valid_name(std::string_view name);

/// What the order holds of a word that is no name of a command; never a valid name itself.
std::string refused_name(std::string_view word);

/// CSV: call token, then names with prefix. At most 4,096 names.
order_answer parse_order_v1(std::string_view answer);

/// `TOKEN NAMES VERSION DELAY [WIDGETS]`, `=`, or `STOP reason`. Fewer than four fields, a DELAY
/// that is no number and a token with other than printable characters are no order.
order_answer parse_order_v2(std::string_view answer);

/// The API's side of both.
std::string format_order_v1(order const& value);
std::string format_order_v2(order const& value);

} // namespace trafikito::net::api
