#pragma once
// Whether others than root and who runs it could change a program of a command: they would run what
// they like as that user. Asked as root; opens nothing.

#include "agent/inspection/script.hpp"

#include <sys/types.h>

#include <filesystem>
#include <optional>

namespace trafikito::agent::inspection {

/// The first step of the way to `file` that others could change; `runner` is who runs it. What lies
/// on the way to `judged`, of which strict_modes speaks, is not told again.
std::optional<script_fault> find_foreign_hand(std::filesystem::path const& file, uid_t runner,
                                              std::string const& name_of_runner,
                                              std::filesystem::path const& judged);

} // namespace trafikito::agent::inspection
