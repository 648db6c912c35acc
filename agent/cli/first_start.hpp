#pragma once
// The first start in a container that was given an enrolment token and no configuration
// (TRAFIKITO_ENROLL_TOKEN_FILE): the daemon enrols by itself, into its volume. Once the
// configuration is there the token is not looked at any more.

#include "base/output.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::agent::cli {

/// Whether that is so here: the token's file is named, no configuration is there, and the
/// environment does not say which server this is.
bool is_to_be_enrolled(std::filesystem::path const& config_file,
                       std::vector<std::string> const& environment);

/// Enrols; asks again, ever more slowly, while the API is away. Nothing when that went well and the
/// daemon is to begin; else how to exit: 0 a signal came, 1 the disk refused before anything was
/// asked, 2 it cannot be meant, or the API refuses it. 2 is for a service manager not to try again.
std::optional<int> enrol_first(std::filesystem::path const& config_file,
                               std::vector<std::string> const& environment, base::console& to);

/// For whoever looks on meanwhile: `not enrolled yet: WHY`.
std::string why_not_enrolled(std::filesystem::path const& config_file,
                             std::vector<std::string> const& environment);

} // namespace trafikito::agent::cli
