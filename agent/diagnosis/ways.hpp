#pragma once
// The addresses at which the agent reaches the API, one way for each, and how far each was gone.
// The steps of the network share them.

#include "agent/diagnosis/known.hpp"
#include "net/link/endpoint.hpp"
#include "net/link/failure.hpp"
#include "net/link/proxy.hpp"
#include "net/link/resolver.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::agent::diagnosis {

struct way {
    std::string key;         ///< of the configuration, that names it
    net::link::endpoint api; ///< without a query
    std::optional<net::link::proxy> through;
    net::link::addresses found;                         ///< of the first hop
    std::optional<net::link::addresses::value_type> up; ///< one of them, which accepted
    std::optional<net::link::failure> failed;           ///< where it ended
    std::string about_name; ///< who decided what its name means, where /etc/hosts has to do with it
    bool speaks_tls = false; ///< who is there said so, by a certificate or an alert

    /// Who is connected to: the proxy, or the API itself.
    [[nodiscard]] net::link::endpoint const& first_hop() const {
        return through ? through->to : api;
    }
};

struct ways {
    std::vector<way> all;
    bool all_needed = false;                    ///< v1: each; v2: one will do
    std::string proxy;                          ///< which proxy, and why or why not, in words
    std::optional<net::link::failure> unusable; ///< an address, or the proxy's

    /// Whether what is left still leads to the API.
    [[nodiscard]] bool lead_there() const;
};

ways find_ways(config::settings const& settings);

/// What follows from a failure on the way or of the answer, and what to do.
cause cause_of(known const& so_far, way const& on, net::link::failure const& why);

/// `12 ms`, `1.5 s`
std::string took(std::chrono::steady_clock::duration span);

/// The verdict, and the cause of the first way that failed, for a step that went them all.
void judge_ways(known const& so_far, ways const& on, step& result);

} // namespace trafikito::agent::diagnosis
