#pragma once
// The base addresses of one v2 API (doc/protocol.md, "v2"): which of them to ask. api_v2 sends
// through it. It never asks a second edge while the first one answers, and never pings where there
// is nothing to choose.
//
// The edge to begin with is random, so that a fleet spreads, and so are those to turn to when it
// fails, so that no single neighbour gets the whole load. One that answered is kept. An edge is
// pinged before its first use, and again after it failed or answered 5xx without saying when to
// come back. The one to begin with is tried anew by a ping, one to two hours after it was left.

#include "net/http/client.hpp"
#include "net/link/endpoint.hpp"
#include "net/link/timing.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::net::api {

class edges {
public:
    /// `bases` is not empty. `known` is what proven() said before a restart: if it is among them,
    /// it is the one to begin with, and not pinged.
    edges(std::vector<link::endpoint> bases, http::client& transport, std::mt19937 engine,
          http::trace log, link::now_function now, std::string_view known = {});

    /// Sends to `path` below the edge that answered last. When it does not answer, the others are
    /// pinged in turn and the first that says OK gets the request. An answer of any status is an
    /// answer. All of it ends by `until`: where there are others, the first edge has half of the
    /// time, and a ping at most 5 s.
    boost::asio::awaitable<link::result<http::response>> send(std::string path, http::request what,
                                                              link::steady_time until);

    /// The origin of the edge that answered last; empty when none has, or there is no other.
    [[nodiscard]] std::string proven() const;

private:
    boost::asio::awaitable<link::result<http::response>>
    send_to(std::size_t edge, std::string const& path, http::request what, link::steady_time until);
    boost::asio::awaitable<bool> find(std::vector<std::size_t> candidates, link::steady_time until,
                                      std::vector<link::failure>& dead);
    boost::asio::awaitable<void> return_home(link::steady_time until);
    boost::asio::awaitable<link::result<void>> ping(link::endpoint base, link::steady_time until);
    std::vector<std::size_t> others();
    [[nodiscard]] link::steady_time half_way(link::steady_time until) const;
    void use(std::size_t edge);
    void say(std::string const& line) const;

    std::vector<link::endpoint> bases_;
    http::client& client_;
    std::mt19937 engine_;
    http::trace log_;
    link::now_function now_;
    std::size_t home_; ///< the one to begin with
    std::size_t current_;
    bool proven_;                 ///< the current edge has answered, or there is no other
    link::steady_time return_at_; ///< when to try the home edge again; counts while away from it
};

} // namespace trafikito::net::api
