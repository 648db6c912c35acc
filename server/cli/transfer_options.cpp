#include "server/cli/transfer_options.hpp"

#include "server/cli/data_option.hpp"
#include "server/database/postgres_address.hpp"

namespace trafikito::server::cli {

namespace {

std::string check_place(std::string const& text) {
    return database::is_postgres_address(text) ? check_database_address(text)
                                               : config::check_not_empty(text);
}

data_place place_in(std::string const& text) {
    data_place place;
    if (database::is_postgres_address(text)) {
        place.database = text;
    } else {
        place.directory = text;
        place.database = "";
    }
    return place;
}

} // namespace

void transfer_reader::add_to(CLI::App& app) {
    backup_command_ =
        app.add_subcommand("backup", "Write all that is kept to a file, while it is served");
    add_data(*backup_command_, backup_.data);
    backup_command_->add_option("file", backup_.file, "Which must not be there yet")
        ->type_name("FILE")
        ->check(config::check_not_empty)
        ->required();
    restore_command_ =
        app.add_subcommand("restore", "Put what a backup holds in place of what is kept");
    add_data(*restore_command_, restore_.data);
    restore_command_->add_option("file", restore_.file, "Of `backup`, or any trafikito.db")
        ->type_name("FILE")
        ->check(config::check_not_empty)
        ->required();
    restore_command_->add_flag("--yes", restore_.yes, "Although something is kept, which goes");
    copy_command_ =
        app.add_subcommand("copy", "Copy all that is kept into another database, and compare it");
    copy_command_->add_option("--from", from_, "Directory of --data, or postgresql://HOST/NAME")
        ->type_name("PLACE")
        ->check(check_place)
        ->required();
    copy_command_->add_option("--to", to_, "The same; empty, or a copy that nobody has used")
        ->type_name("PLACE")
        ->check(check_place)
        ->required();
}

std::optional<transfer_reader::options> transfer_reader::chosen() const {
    if (backup_command_->parsed()) {
        return backup_;
    }
    if (restore_command_->parsed()) {
        return restore_;
    }
    if (copy_command_->parsed()) {
        return copy_options{.from = place_in(from_), .to = place_in(to_)};
    }
    return std::nullopt;
}

} // namespace trafikito::server::cli
