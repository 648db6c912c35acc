#pragma once
// A program under test as a process of its own: started with exactly the environment a test gives,
// its output in files, always reaped, killed with all its descendants when a test leaves it
// running.

#include "test/support/temporary_directory.hpp"

#include <boost/test/tools/assertion_result.hpp>

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace trafikito::test {

struct finished {
    int code = -1; ///< exit code, or 128 + the signal that ended it
    std::string out;
    std::string err;
};

class program {
public:
    /// `words` is the program's path and its arguments, `environment` is all of its environment.
    program(std::vector<std::string> words, std::vector<std::string> environment,
            std::string_view input = {});
    ~program();
    program(program const&) = delete;
    program& operator=(program const&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] std::string out() const;
    [[nodiscard]] std::string err() const;

    void signal(int number) const;

    /// Waits until `text` stands in what it wrote to stderr; false after 30 s.
    [[nodiscard]] bool wrote(std::string_view text) const;

    /// Waits for its end. The test case ends when it still runs after 30 s.
    finished wait();

    /// Whether it has ended; does not wait.
    [[nodiscard]] bool ended();

private:
    temporary_directory here_;
    pid_t pid_ = -1;
    int status_ = 0;
    bool reaped_ = false;
};

/// Runs it to its end.
finished run(std::vector<std::string> words, std::vector<std::string> environment,
             std::string_view input = {});

/// For BOOST_TEST: when it exited otherwise, says how, and with what on stderr.
boost::test_tools::assertion_result exited(finished const& with, int code);

/// For execve: a pointer to each word, then null. They hold while the words stay as they are.
std::vector<char*> pointers(std::vector<std::string>& words);

/// All processes below this one, from /proc.
std::vector<pid_t> descendants_of(pid_t ancestor);

/// Whether that process is there (a zombie still is).
bool is_there(pid_t pid);

/// A file of /proc/PID, whole; empty when the process is gone, or goes meanwhile.
std::string proc_file(pid_t pid, std::string const& name);

/// What a sanitizer needs of the test's own environment; empty in other builds.
std::vector<std::string> inherited_environment();

} // namespace trafikito::test
