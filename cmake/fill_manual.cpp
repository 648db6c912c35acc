// Build tool: a page of the manual, filled from the tables that the programs read by.
// fill_manual TEMPLATE RESULT VERSION; a page about trafikito-server speaks of that program's
// command line, any other of the agent's.
#include "agent/cli/command_line.hpp"
#include "config/command_options.hpp"
#include "config/key.hpp"
#include "server/cli/command_line.hpp"

#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

namespace {

using namespace trafikito;

void replace(std::string& text, std::string const& mark, std::string const& by) {
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + by.size())) {
        text.replace(at, mark.size(), by);
    }
}

std::string filled(std::string page, std::string const& name, std::string const& version) {
    replace(page, "@VERSION@", version);
    replace(page, "@FIXED_KEYS@\n", config::describe_keys_man(false));
    replace(page, "@TUNABLE_KEYS@\n", config::describe_keys_man(true));
    replace(page, "@COMMAND_OPTIONS@\n", config::describe_command_options_man());
    return name.starts_with("trafikito-server") ? server::cli::fill_manual(page)
                                                : agent::cli::fill_manual(page);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: fill_manual TEMPLATE RESULT VERSION\n";
        return 2;
    }
    try {
        std::filesystem::path const from = argv[1];
        std::ifstream in(from);
        std::string const page(std::istreambuf_iterator<char>(in), {});
        std::ofstream out(argv[2]);
        out << filled(page, from.filename().string(), argv[3]);
        return in && out ? 0 : 1;
    } catch (std::exception const& failed) {
        std::cerr << argv[1] << ": " << failed.what() << '\n';
        return 1;
    }
}
