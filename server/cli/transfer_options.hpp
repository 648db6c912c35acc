#pragma once
// The options of `backup`, `restore` and `copy`, as CLI11 fills them in. Only the command line uses
// it.

#include "server/cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <variant>

namespace trafikito::server::cli {

class transfer_reader {
public:
    using options = std::variant<backup_options, restore_options, copy_options>;

    /// This must outlive the app's parsing.
    void add_to(CLI::App& app);
    /// Nothing when it was another subcommand.
    [[nodiscard]] std::optional<options> chosen() const;

private:
    CLI::App* backup_command_ = nullptr;
    CLI::App* restore_command_ = nullptr;
    CLI::App* copy_command_ = nullptr;
    backup_options backup_;
    restore_options restore_;
    std::string from_;
    std::string to_;
};

} // namespace trafikito::server::cli
