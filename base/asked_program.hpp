#pragma once
// A program of this machine that is asked something (`systemctl show`, `sh -n`) and waited for
// within a bound. Used by those who look on; commands of the list are run by exec/.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace trafikito::base {

struct program_question {
    enum class stream : std::uint8_t { output, errors, both };

    std::vector<std::string> words;       ///< the first is the program's path
    std::vector<std::string> environment; ///< `NAME=value` each: all that it finds
    std::chrono::milliseconds patience{0};
    stream heard = stream::output; ///< the other one goes to /dev/null
    std::size_t limit = 65536;     ///< bytes kept of it; what is more is read, and dropped
};

struct program_answer {
    int code = -1;      ///< exit code, 128 + the signal that ended it, -1: it could not be started
    bool whole = false; ///< what it said came to an end within its time
    std::string said;
};

/// Runs it with nothing to read. When its time is over it is killed, with its process group.
program_answer ask_program(program_question what);

/// Starts it in a process group of its own, with no signal blocked or ignored. `output`: where what
/// is heard goes, and nothing is to be read; -1: it has this process's own standard descriptors.
/// -1 when it cannot be started.
pid_t start_program(program_question& what, int output);

/// 128 + the signal, or the exit code, of what waitpid(2) says.
int exit_code_of(int status);

/// A file of that name that this process's real user may run, in the first of the folders of
/// `path` that has one; relative folders do not count. Empty where none has.
std::string find_in_path(std::string_view name, std::string_view path);

} // namespace trafikito::base
