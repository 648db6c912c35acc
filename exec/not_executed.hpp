#pragma once
// Why a shell could not execute what a command names: it ends with 126 or 127 then, and what it
// prints is often no help ("not found", of a file that is there). Looked for only after such an
// end; it guesses nothing: where no reason is plain to see, there is none.

#include "exec/command.hpp"

#include <string>

namespace trafikito::exec {

/// In words, and how to mend it: `/opt/check.sh: its #! line ends in a carriage return …`. Empty
/// where nothing is found. `code`: the exit code. Looks at the programs that `what` names in the
/// places where a shell takes a word for one, at most 8; of a regular file at most 256 bytes are
/// read, and nothing is waited for. As seen by the agent's own user.
std::string why_not_executed(command const& what, int code, execution_environment const& around);

} // namespace trafikito::exec
