#pragma once
// `why`: goes the whole way that a report goes, step by step, and says of each what it found. Used
// by agent/cli, which prints it. It sends no report, runs no command of the list, and leaves a
// daemon that lives alone: then it takes no lock, writes nothing, and asks for no order.

#include "agent/diagnosis/known.hpp"
#include "agent/diagnosis/step.hpp"
#include "base/redactor.hpp"

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace trafikito::agent::diagnosis {

struct audience {
    std::function<void(std::string_view id)> begins; ///< the step that is done now
    std::function<void(step const&)> ended;
};

struct findings {
    std::vector<step> steps;
    std::optional<cause> root; ///< nothing: all is well
    /// What is to be done besides, when the root is mended: to start the agent.
    std::optional<cause> besides;
};

/// `hidden` learns of the secrets before anything is told of them. Takes about half a minute at
/// most, with every peer silent.
findings diagnose(question what, base::redactor& hidden, audience const& to);

} // namespace trafikito::agent::diagnosis
