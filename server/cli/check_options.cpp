#include "server/cli/check_options.hpp"

#include "server/cli/data_option.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace trafikito::server::cli {

void check_reader::add_to(CLI::App& app) {
    command_ =
        app.add_subcommand("check", "Look at all that serve would read and need, change nothing");
    add_data(*command_, options_.data);
    command_->add_flag("--json", options_.json, "Print all of it as JSON");
    command_->add_flag("--strict", options_.strict, "A warning counts as an error");
    command_->add_flag("--full", options_.full, "Look at the whole database, as long as it takes");
    serve_.add_options(*command_);
}

std::optional<check_options> check_reader::chosen() {
    if (!command_->parsed()) {
        return std::nullopt;
    }
    constexpr std::array own{std::string_view("--data"), std::string_view("--database"),
                             std::string_view("--json"), std::string_view("--strict"),
                             std::string_view("--full"), std::string_view("--help")};
    options_.serve = serve_.options();
    for (auto const* const each : command_->get_options()) {
        bool const is_own = std::ranges::find(own, each->get_name(false, false)) != own.end();
        options_.as_serve = options_.as_serve || (each->count() != 0 && !is_own);
    }
    return options_;
}

} // namespace trafikito::server::cli
