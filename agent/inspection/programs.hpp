#pragma once
// Whether the programs of a command are there, for the user that runs it and in the PATH that it
// has, and whether a script among them can be run by what its first line names. Asked below
// daemon::eyes_of. Runs nothing.

#include "agent/inspection/access.hpp"
#include "config/command_lint.hpp"
#include "config/program_run.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::agent::inspection {

/// What a command finds around it.
struct command_surroundings {
    std::vector<std::string> path;   ///< folders, in their order
    std::filesystem::path directory; ///< where it begins
    onlooker who;
    bool sh_is_bash = false;
};

class program_finder {
public:
    explicit program_finder(command_surroundings around) : around_(std::move(around)) {}

    /// What would not run in a command; the offsets are those of find_command_faults().
    std::vector<config::command_fault> find_missing(config::read_command const& command);

    /// Where a program is that is named without a folder; nothing where there is none to run.
    std::optional<std::filesystem::path> find(std::string_view name);

private:
    void look_at(config::program_run const& run, std::vector<config::command_fault>& found);
    void look_at_inputs(config::shell_command const& command,
                        std::vector<config::command_fault>& found) const;
    void look_in_path(config::program_run const& run, std::vector<config::command_fault>& found);
    void look_at_file(std::filesystem::path const& file, int mode, config::command_word const& word,
                      std::vector<config::command_fault>& found);
    void look_at_script(std::filesystem::path const& file, config::command_word const& word,
                        std::vector<config::command_fault>& found);
    std::string hint_for_missing(std::string const& name);
    std::optional<std::string> nearest_program(std::string const& name);

    command_surroundings around_;
    std::map<std::string, std::optional<std::filesystem::path>, std::less<>> known_;
    std::vector<std::string> all_; ///< names in PATH, once they were needed
};

} // namespace trafikito::agent::inspection
