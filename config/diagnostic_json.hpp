#pragma once
// A finding for programs: what `check --json` of both programs prints of each.

#include "config/diagnostic.hpp"

#include <boost/json/object.hpp>

namespace trafikito::config {

/// `severity` ("error" or "warning"), `file`, `line` and `column` (from 1, or null), `text`,
/// `hint` (how to mend it) and `excerpt` (that line); without secrets where the finding has none.
boost::json::object as_json(diagnostic const& one);

} // namespace trafikito::config
