#pragma once
// From nothing to an installation (doc/protocol.md, "Enrolment"): asks the API for a server of its
// own, runs the default commands, shows their output, and writes the files. `enroll` and a
// container's first start use it.

#include "agent/enrolment/files.hpp"
#include "agent/enrolment/first_report.hpp"
#include "agent/enrolment/plan.hpp"
#include "agent/enrolment/proposals.hpp"
#include "base/secret.hpp"
#include "exec/warden.hpp"
#include "net/link/resolver.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>

namespace trafikito::agent::enrolment {

/// Whom it tells what, while it goes on. `say` and `hide` are there.
struct audience {
    tell say;
    std::function<void(base::secret const&)> hide; ///< a secret that must not be shown
    on_command ended;
};

struct made_installation {
    std::string server_id;
    bool list_was_there = false; ///< and stays
    judged_list list;
};

/// `prepared` is. Throws a refusal, after which the same call may be made again: it gets the same
/// server where the key is an enrolment token.
boost::asio::awaitable<made_installation> enrol(plan const& what, files& prepared,
                                                exec::warden& warden, net::link::resolver& names,
                                                audience to);

/// `uname -n`
std::string host_name();

} // namespace trafikito::agent::enrolment
