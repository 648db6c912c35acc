#pragma once
// Whether the kernel can run a script: what its first line names, and how that ends. Asked below
// daemon::eyes_of. Runs nothing.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::agent::inspection {

struct script_fault {
    std::string what;
    std::string hint;
};

/// `in_path`: whether a program of that name is in the PATH of commands. Nothing for what is no
/// script, and for one that would run.
std::optional<script_fault> find_script_fault(std::filesystem::path const& file,
                                              std::function<bool(std::string_view)> const& in_path);

/// Of a script that `by` is told to run (`sh FILE`), whose own first line names another: what only
/// that one knows fails. Nothing where the two are of a kind, or nothing is known.
std::optional<script_fault> find_other_interpreter(std::filesystem::path const& file,
                                                   std::string_view by, bool sh_is_bash);

/// The file of the same folder whose name is nearest, with that folder; empty when none is near.
std::string nearest_file(std::filesystem::path const& missing);

} // namespace trafikito::agent::inspection
