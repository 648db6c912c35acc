#pragma once
// How the commands of a report ended, as /api/v1 has it. From what the agent sent as `results`
// (doc/protocol.md): its own word, of which only the known form counts.

#include "server/api/command_results.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <string_view>

namespace trafikito::server::people {

class ended_commands {
public:
    ended_commands() : ended_commands("") {}
    explicit ended_commands(std::string_view results);

    /// null when nothing is known of it. A name that was asked for twice is looked up once for each
    /// section, in their order.
    boost::json::value next_of(std::string_view command);

private:
    boost::json::array results_;
    api::command_results words_;
};

} // namespace trafikito::server::people
