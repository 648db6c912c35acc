#pragma once
// The steps of the network, each bounded and over all ways at once. What a step finds broken the
// next ones leave out.

#include "agent/diagnosis/known.hpp"
#include "agent/diagnosis/step.hpp"
#include "agent/diagnosis/ways.hpp"

#include <exception>

namespace trafikito::agent::diagnosis {

/// What ends each coroutine of theirs: an exception is a bug, and leaves io_context::run_for().
struct or_throw {
    void operator()(std::exception_ptr const& failed) const {
        if (failed) {
            std::rethrow_exception(failed);
        }
    }
};

/// Which proxy, and why.
step look_at_proxy(known const& so_far, ways& on);

/// At most 6 s.
step look_at_names(known const& so_far, ways& on);

/// A connection to each address of both families. At most 5 s.
step look_at_connections(known const& so_far, ways& on);

/// The proxy's tunnel, and TLS with the chain that the peer sent. At most 6 s.
step look_at_handshakes(known const& so_far, ways& on);

/// What the API answers: to a ping while a daemon lives, else to the question for an order, if that
/// may be asked now. At most 12 s. The only step that may write into var, and only then.
step look_at_api(known& so_far, ways& on);

} // namespace trafikito::agent::diagnosis
