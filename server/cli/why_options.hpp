#pragma once
// The options of `why`, as CLI11 fills them in. Only the command line uses it.

#include "server/cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <optional>

namespace trafikito::server::cli {

class why_reader {
public:
    /// This must outlive the app's parsing.
    void add_to(CLI::App& app);
    /// Nothing when it was another subcommand.
    [[nodiscard]] std::optional<why_options> chosen() const;

private:
    CLI::App* command_ = nullptr;
    why_options options_;
};

} // namespace trafikito::server::cli
