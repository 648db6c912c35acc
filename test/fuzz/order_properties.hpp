#pragma once
// What holds for every answer to the question for an order, in both versions. order_v1_fuzz and
// order_v2_fuzz use it.

#include "net/api/order.hpp"
#include "test/fuzz/fuzz.hpp"

#include <algorithm>
#include <set>
#include <variant>

namespace trafikito::fuzz {

inline void check_order(net::api::order const& value) {
    must(!value.token.empty() && value.token.size() <= 512, "a token has 1 to 512 characters");
    must(std::ranges::all_of(value.token, [](char c) { return c > ' ' && c < 0x7F; }),
         "a token is printable");
    must(value.names.size() <= 4096, "an order has at most 4,096 names");
    std::set<std::string_view> seen;
    std::size_t refused = 0;
    for (auto const& name : value.names) {
        must(seen.insert(name).second, "each name is there once");
        must(name.size() <= 203 && is_one_line(name), "a name fits into a line");
        refused += net::api::valid_name(name) ? 0U : 1U;
    }
    must(refused <= 64, "at most 64 refused names");
    must(value.delay.count() >= 0 && value.delay.count() <= 86'400, "a delay is at most a day");
    must(is_one_line(value.version) && value.version.size() <= 67, "a version fits into a line");
    must(value.widgets.size() <= 64, "at most 64 widgets");
    for (auto const& id : value.widgets) {
        must(!id.empty() && id.size() <= 64 && is_one_line(id), "a widget's id fits into a line");
    }
}

/// What is no order says so in one line each.
inline void check_other(net::api::order_answer const& answer) {
    if (auto const* const error = std::get_if<net::api::api_error>(&answer)) {
        must(is_one_line(error->code) && is_one_line(error->message), "an error is one line");
        must(error->code.size() <= 503 && error->message.size() <= 503, "an error is bounded");
    } else if (auto const* const stopped = std::get_if<net::api::stop>(&answer)) {
        must(is_one_line(stopped->reason) && stopped->reason.size() <= 503, "a reason is one line");
    } else if (auto const* const none = std::get_if<net::api::not_an_order>(&answer)) {
        must(!none->what.empty() && is_one_line(none->what), "no order is explained in one line");
    }
}

/// The order without what only the agent's own answer needs: a formatter never sees that.
inline net::api::order as_an_api_has_it(net::api::order value) {
    std::erase_if(value.names, [](auto const& name) { return !net::api::valid_name(name); });
    return value;
}

} // namespace trafikito::fuzz
