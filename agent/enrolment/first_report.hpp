#pragma once
// The default commands, run once, and the report of what they printed that an API is shown.

#include "agent/enrolment/plan.hpp"
#include "exec/warden.hpp"
#include "net/http/body.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace trafikito::agent::enrolment {

/// A default command has ended: `trafikito_df_h`, `exit code 0`.
using on_command = std::function<void(std::string_view name, std::string const& ending)>;

struct first_report {
    net::http::body outputs; ///< the markers carry the command lines
    std::size_t well = 0;    ///< commands that exited with 0
    std::string problem;     ///< why some could not be started; empty when all were
};

/// As the user of the plan. `ended` is told of each in the order of ending; it may be empty.
boost::asio::awaitable<first_report> run_default_commands(plan const& what, exec::warden& warden,
                                                          on_command ended);

} // namespace trafikito::agent::enrolment
