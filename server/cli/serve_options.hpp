#pragma once
// The options of `serve`, as CLI11 fills them in. Only the command line uses it.

#include "server/cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace trafikito::server::cli {

class serve_reader {
public:
    /// This must outlive the app's parsing.
    void add_to(CLI::App& app);
    /// Nothing when it was another subcommand.
    std::optional<serve_options> chosen();

    /// All but --data: for another subcommand that takes the same.
    void add_options(CLI::App& serve);
    serve_options options();

private:
    void add_limits(CLI::App& serve);
    void add_log(CLI::App& serve);
    void add_installation(CLI::App& serve);

    CLI::App* command_ = nullptr;
    serve_options options_;
    std::string listen_ = "127.0.0.1:8443";
    std::string min_interval_;
    std::string keep_;
    std::string keep_values_;
    std::string keep_size_;
    std::string machine_quota_;
    std::string machine_rate_;
};

} // namespace trafikito::server::cli
