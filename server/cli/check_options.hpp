#pragma once
// The options of `check`, as CLI11 fills them in: those of serve, and its own. Only the command
// line uses it.

#include "server/cli/serve_options.hpp"

#include <CLI/CLI.hpp>

#include <optional>

namespace trafikito::server::cli {

class check_reader {
public:
    /// This must outlive the app's parsing.
    void add_to(CLI::App& app);
    /// Nothing when it was another subcommand.
    std::optional<check_options> chosen();

private:
    CLI::App* command_ = nullptr;
    serve_reader serve_;
    check_options options_;
};

} // namespace trafikito::server::cli
