#include "server/cli/why_options.hpp"

#include "server/cli/data_option.hpp"

namespace trafikito::server::cli {

void why_reader::add_to(CLI::App& app) {
    command_ = app.add_subcommand("why", "Say why there is no data of a machine, and what to do");
    add_data(*command_, options_.data);
    command_->add_option("server", options_.server, "Id or name")->type_name("SERVER")->required();
    command_->add_flag("--json", options_.json, "Print all of it as JSON");
}

std::optional<why_options> why_reader::chosen() const {
    return command_->parsed() ? std::optional(options_) : std::nullopt;
}

} // namespace trafikito::server::cli
