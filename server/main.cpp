// trafikito-server: reads the command line, does what it says, reports what went wrong in one line.
#include "server/cli/command_line.hpp"

#include <exception>
#include <iostream>
#include <sys/stat.h>
#include <variant>

namespace {

using namespace trafikito::server;

int perform(cli::exit_text const& ended) {
    (ended.status == 0 ? std::cout : std::cerr) << ended.text;
    return ended.status;
}

template <typename Options>
int perform(Options const& options) {
    return cli::run(options);
}

} // namespace

int main(int argc, char** argv) {
    // The database and its companions are made by SQLite: nobody else shall read what machines put
    // out.
    ::umask(0077);
    try {
        std::vector<std::string> const arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
        return std::visit([](auto const& chosen) { return perform(chosen); },
                          cli::parse_command_line(arguments));
    } catch (std::exception const& failure) {
        std::cerr << "trafikito-server: error: " << failure.what() << '\n';
        return 1;
    }
}
