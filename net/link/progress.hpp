#pragma once
// How far a request came: what an error or a time-out means depends on it. Every part of a request
// writes it, http_client reads it; private to net/.

#include "net/link/failure.hpp"

#include <functional>
#include <string>

namespace trafikito::net::link {

struct progress {
    step at = step::resolve;
    std::string proxy;       ///< `host:port` of the proxy while the way to it is made, else empty
    bool sent_any = false;   ///< some of it may have gone out, on this connection or an earlier one
    bool sent_whole = false; ///< the system took every byte of the request
    bool answer_began = false;         ///< at least one byte of the answer arrived
    std::function<void(step)> entered; ///< is told of each step: it sets the step's bound

    void enter(step next) {
        at = next;
        sent_any = sent_any || next == step::send;
        if (entered) {
            entered(next);
        }
    }
};

} // namespace trafikito::net::link
