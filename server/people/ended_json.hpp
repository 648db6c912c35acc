#pragma once
// How the commands of a report ended, as /api/v1 has it.

#include "server/api/command_results.hpp"

#include <boost/json/value.hpp>

#include <string_view>

namespace trafikito::server::people {

class ended_commands {
public:
    /// As the agent sent it as `results`.
    explicit ended_commands(std::string_view results = "") : all_(results) {}

    /// null when nothing is known of it. A name that was asked for twice is looked up once for each
    /// section, in their order.
    boost::json::value next_of(std::string_view command);

private:
    api::command_results all_;
};

} // namespace trafikito::server::people
