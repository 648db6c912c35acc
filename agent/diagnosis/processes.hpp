#pragma once
// The processes of this machine, as far as /proc shows them: who else does the agent's work.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace trafikito::agent::diagnosis {

struct seen_process {
    pid_t pid = 0;
    std::vector<std::string> words; ///< its command line

    /// `process 1234 (sh /opt/trafikito/lib/trafikito_wrapper.sh)`
    [[nodiscard]] std::string in_words() const;
};

/// The parts of a file of /proc, each ended by a NUL; at most so many.
std::vector<std::string> split_at_nuls(std::string_view text, std::size_t most);

/// /proc/PID/cmdline: words, each ended by a NUL.
std::vector<std::string> parse_command_line_of(std::string_view text);

/// Nothing where it cannot be seen, or is gone.
std::optional<seen_process> find_process(pid_t pid);

/// All but this one.
std::vector<seen_process> other_processes();

/// Whether that is an agent of ours, and the configuration that it was given (`.` where it found
/// one itself).
std::optional<std::string> config_of_agent(seen_process const& one);

enum class kinship : std::uint8_t { same, other, unknown };

/// Whether an agent runs with `config_file`, however it was named to it: relative to its directory,
/// by TRAFIKITO_CONFIG, by a usual place, or by another way to the same file. `unknown` where this
/// user may not see as much, and for what is no agent.
kinship kinship_of(seen_process const& agent, std::filesystem::path const& config_file);

/// Whether both see the same file systems; true where that is not to be seen.
bool shares_mounts(pid_t pid);

/// A path as that process sees it, for this one to open.
std::filesystem::path as_seen_by(pid_t pid, std::filesystem::path const& path);

/// Whether an agent does one cycle and ends (--once).
bool is_one_cycle(seen_process const& agent);

/// Whether it is this program, whatever it does.
bool is_agents_program(seen_process const& one);

/// The shell agent's own loop or cycle, not one of ours in its place.
bool is_shell_agent(seen_process const& one);

/// Whether a script of that name is the shell agent's: ours begins trafikito-agent.
bool is_script_of_shell_agent(std::string const& path);

/// The script of the shell agent among those words; nothing where there is none.
std::optional<std::string> script_of_shell_agent(std::vector<std::string> const& words);

/// Whether a shell agent asks in the name of another server: neither its words nor the
/// configuration of its base directory name this one. One of which nothing is known is not.
bool is_of_another_server(std::vector<std::string> const& words, std::string const& script,
                          std::string const& server_id);

} // namespace trafikito::agent::diagnosis
