#pragma once
// A program that dies by SIGKILL at a chosen system call: where a crash would hurt, nothing is left
// to chance. Only its first thread is looked at, and of its calls only those that others can see
// the effect of: files, names, and what goes out to a network.

#include <string>
#include <vector>

namespace trafikito::test {

struct killed_program {
    bool killed = false; ///< false: it ended before it made so many calls
    int code = -1;       ///< then its exit code
    std::string at;      ///< the number of the call that it died in front of, in words
};

/// Runs it and kills it at its `number`th such call (from 0), before the kernel does it. Output
/// goes to /dev/null. May be called by several threads at the same time.
killed_program run_until(std::vector<std::string> words, std::vector<std::string> environment,
                         std::size_t number);

} // namespace trafikito::test
