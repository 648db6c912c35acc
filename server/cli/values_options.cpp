#include "server/cli/values_options.hpp"

#include "config/usage_error.hpp"
#include "server/cli/data_option.hpp"

namespace trafikito::server::cli {

void values_reader::add_to(CLI::App& app) {
    command_ = app.add_subcommand("values", "List the numbers out of a server's outputs");
    add_data(*command_, options_.data);
    command_->add_option("server", options_.server, "Id or name")->type_name("SERVER")->required();
    command_
        ->add_option("--try", options_.rule,
                     "Show what this line of values.conf finds in the latest output")
        ->type_name("RULE")
        ->check(config::check_not_empty);
    command_->add_flag("--json", options_.json, "Print all of it as JSON");
}

std::optional<values_options> values_reader::chosen() const {
    return command_->parsed() ? std::optional(options_) : std::nullopt;
}

} // namespace trafikito::server::cli
