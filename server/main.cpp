// trafikito-server: reads the command line, does what it says, reports what went wrong in one line.
#include "base/ignored_signals.hpp"
#include "base/output.hpp"
#include "base/printable.hpp"
#include "server/cli/command_line.hpp"
#include "server/cli/limits_file.hpp"

#include <cstdlib>
#include <exception>
#include <sys/stat.h>
#include <variant>

namespace {

using namespace trafikito;
using namespace trafikito::server;

int perform(cli::exit_text const& ended, base::console& to) {
    (ended.status == 0 ? to.out : to.err) << ended.text;
    return ended.status;
}

template <typename Options>
int perform(Options const& options, base::console& to) {
    return cli::run(options, to);
}

int perform_all(int argc, char** argv, base::console& to) {
    try {
        std::vector<std::string> const arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
        return std::visit([&](auto const& chosen) { return perform(chosen, to); },
                          cli::parse_command_line(arguments));
    } catch (cli::wrong_configuration const& wrong) {
        to.err << wrong.what() << '\n';
        return 2;
    } catch (std::exception const& failure) {
        to.err << "trafikito-server: error: " << base::one_line(failure.what()) << '\n';
        return 1;
    }
}

} // namespace

int main(int argc, char** argv) {
    // The database would be opened in place of a closed stdout, and get what is printed.
    if (!base::hold_standard_descriptors()) {
        std::_Exit(1); // nowhere to say why
    }
    base::ignore_signals_of_writes();
    // The database and its companions are made by SQLite: nobody else shall read what machines put
    // out.
    ::umask(0077);
    base::console to;
    return to.end("trafikito-server", perform_all(argc, argv, to));
}
