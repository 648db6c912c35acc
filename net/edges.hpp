#pragma once
// The base addresses of one v2 API (PROTOCOL.md, v2): which of them to ask. api_v2 sends through
// it. It never asks a second edge while the first one answers, and never pings where there is
// nothing to choose.

#include "net/endpoint.hpp"
#include "net/http_client.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace trafikito::net {

class edges {
public:
    /// `bases` is not empty; `engine` picks the one to begin with.
    edges(std::vector<endpoint> bases, http_client& client, std::mt19937 engine, trace log);

    /// Sends to `path` below the edge that answered last. When it does not answer, the others are
    /// pinged in turn and the first that says OK gets the request. An answer of any status is an
    /// answer.
    boost::asio::awaitable<result<response>> send(std::string path, request what);

private:
    boost::asio::awaitable<result<response>> send_to(std::size_t edge, std::string const& path,
                                                     request what);
    boost::asio::awaitable<bool> find_other(std::size_t first, std::size_t count,
                                            std::vector<failure>& dead);
    boost::asio::awaitable<result<void>> ping(endpoint base);
    void say(std::string const& line) const;

    std::vector<endpoint> bases_;
    http_client& client_;
    trace log_;
    std::size_t current_;
    bool proven_; ///< the current edge has answered, or there is no other
};

} // namespace trafikito::net
