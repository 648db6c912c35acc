#pragma once
// What systemd says of a unit (systemctl show), and what that means for whoever asks why an agent
// does not run. Pure: the text comes in, a judgement goes out.

#include "agent/diagnosis/step.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::agent::diagnosis {

/// `Name=value` each, as systemctl(1), show, prints them.
using unit_facts = std::map<std::string, std::string, std::less<>>;

unit_facts parse_unit_facts(std::string_view text);

/// The properties that are needed, for --property=.
inline constexpr std::string_view unit_properties =
    "LoadState,LoadError,ActiveState,SubState,UnitFileState,Result,NRestarts,ExecMainCode,"
    "ExecMainStatus,ConditionResult,ConditionTimestampMonotonic,MainPID,User,NeedDaemonReload,"
    "FragmentPath";

/// One line: `active (running), enabled`.
std::string in_words(unit_facts const& of);

/// What keeps that unit from running the agent; nothing when it runs it. `config_file` is the
/// agent's, for what mends it.
std::optional<cause> find_unit_cause(std::string const& unit, unit_facts const& facts,
                                     std::string const& config_file);

} // namespace trafikito::agent::diagnosis
