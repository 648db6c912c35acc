#pragma once
// Runs real /bin/sh one-liners through exec, and checks after each test that no child, zombie or
// descriptor is left.

#include "exec/run_all.hpp"
#include "test/exec/leaves_nothing.hpp"

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::test {

struct shell_fixture : leaves_nothing {
    shell_fixture();
    ~shell_fixture();
    shell_fixture(shell_fixture const&) = delete;
    shell_fixture& operator=(shell_fixture const&) = delete;

    /// The command `trafikito_t`, its text as it stands between the quotes of
    /// available_commands.sh.
    static exec::command line(std::string_view text, std::string name = "trafikito_t");

    /// Runs them to their end; results in the order asked.
    std::vector<exec::result> run(std::vector<exec::command> commands);
    exec::result run(std::string_view text);

    /// The same, but a terminal cancellation is sent as soon as `when` names a file that exists.
    std::vector<exec::result> run_until(std::string const& when,
                                        std::vector<exec::command> commands);

    exec::limits limits;
    exec::execution_environment around;
    std::filesystem::path spool_directory = std::filesystem::temp_directory_path();

    /// What lasts from one run to the next, when a test wants that.
    bool keeps_warden = false;
    std::optional<boost::asio::io_context> context;
    std::optional<exec::warden> warden;
    void forget();

private:
    void run_in_context(std::string const& when, std::vector<exec::command> commands,
                        exec::on_result const& ended);
};

/// What was kept: the beginning, the end, and both together.
std::string head_of(exec::result const& value);
std::string tail_of(exec::result const& value);
std::string text_of(exec::result const& value);

} // namespace trafikito::test
