#pragma once
// What is wrong with the server itself, before anything is said of a machine. Part of silence.hpp's
// judgement.

#include "server/cli/silence.hpp"

#include <optional>
#include <string>

namespace trafikito::server::cli {

struct verdict {
    std::string cause; ///< a word for programs
    std::string sentence;
};
using judged = std::optional<verdict>;

/// Of a machine that is enrolled: why nothing of it could be received, or stored.
judged judge_house(machine_facts const& facts);

/// What the agent of that name needs to trust this server's certificate, in words.
std::string how_to_trust(house const& house, std::string const& name);

} // namespace trafikito::server::cli
