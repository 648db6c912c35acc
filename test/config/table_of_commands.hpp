#pragma once
// A command line for tests of what is made of one: two commands, one of them with a command of its
// own, and every kind of option.

#include "config/help_page.hpp"
#include "config/usage_error.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace trafikito::test {

struct table_of_commands {
    table_of_commands() {
        program.require_subcommand(1);
        program.set_help_flag("-h,--help", "Print this");
        program.set_version_flag("-V,--version", "pump 1", "Print the version");
        look->add_option("-c,--config", config, "Where all stands (default: somewhere)")
            ->type_name("FILE")
            ->check(trafikito::config::check_not_empty);
        auto* const json = look->add_flag("--json", as_json, "As JSON");
        look->add_flag("--text", as_text,
                       "As text, which is longer to say than one line of a "
                       "screen of eighty columns can hold")
            ->excludes(json);
        look->add_option("names", names, "Which ones (default: all)")->type_name("NAME");
        pumps->add_flag("--json", as_json, "As JSON");
        add->add_option("--name", name, "What it is called")->type_name("NAME")->required();
        add->add_option("--last", last, "How many")->type_name("N")->check([](auto const& text) {
            return trafikito::config::check_number(text, "--last 5", 1, 9);
        });
        trafikito::config::set_words(
            program, {{"", "It is watched.", {"pump look", "pump pumps"}, "0 or 2."},
                      {"look", "", {"pump look a", "pump look --json"}, ""},
                      {"pumps add", "One more.", {"pump pumps add --name a"}, ""},
                      {"gone", "", {"pump gone"}, ""}});
    }

    /// What ends the program, or `read`.
    std::string read(std::vector<std::string> const& words) {
        auto const end = trafikito::config::read_command_line(program, words);
        return end ? end->text : "read";
    }

    std::string config;
    bool as_json = false;
    bool as_text = false;
    std::vector<std::string> names;
    std::string name;
    int last = 0;
    CLI::App program{"Watches pumps", "pump"};
    CLI::App* look = program.add_subcommand("look", "Look at some");
    CLI::App* pumps = program.add_subcommand("pumps", "List them; add one");
    CLI::App* add = pumps->add_subcommand("add", "Add one");
};

} // namespace trafikito::test
