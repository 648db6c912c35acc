#pragma once
// The built trafikito-server as a child process, its standard output and error gathered. Killed and
// reaped at the end of its scope. Every wait ends after 20 s.

#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace trafikito::test {

class child {
public:
    /// `input` is what it reads from standard input.
    explicit child(std::vector<std::string> const& arguments, std::string_view input = {});
    ~child();
    child(child const&) = delete;
    child& operator=(child const&) = delete;

    /// False when `text` did not stand in what it wrote before it ended.
    bool wrote(std::string_view text);
    void signal(int number) const;
    /// Waits for its end: its exit status, or -1 when a signal ended it.
    int wait();
    [[nodiscard]] pid_t pid() const { return pid_; } ///< -1 after its end
    [[nodiscard]] std::string const& output() const { return output_; }

private:
    bool read_more();

    pid_t pid_ = -1;
    int pipe_ = -1;
    std::string output_;
};

struct ended_server {
    int status;
    std::string output;
};

/// Runs it to its end.
ended_server run_server(std::vector<std::string> const& arguments, std::string_view input = {});

} // namespace trafikito::test
