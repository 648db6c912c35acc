#pragma once
// What the endpoints are told of the server around them. Whoever hosts it changes it in the serving
// thread, when it is another; they look at it with each question.

#include "server/api/agent_files.hpp"

#include <memory>

namespace trafikito::server::people {

struct surroundings {
    api::served_values way; ///< where agents and people reach it, and how they know it
    /// What new machines download; none: nothing.
    std::shared_ptr<api::agent_files const> files;
};

using surroundings_ptr = std::shared_ptr<surroundings const>;

} // namespace trafikito::server::people
