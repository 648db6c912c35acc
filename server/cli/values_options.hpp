#pragma once
// The options of `values`, as CLI11 fills them in. Only the command line uses it.

#include "server/cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <optional>

namespace trafikito::server::cli {

class values_reader {
public:
    /// This must outlive the app's parsing.
    void add_to(CLI::App& app);
    /// Nothing when it was another subcommand.
    [[nodiscard]] std::optional<values_options> chosen() const;

private:
    CLI::App* command_ = nullptr;
    values_options options_;
};

} // namespace trafikito::server::cli
