#include "agent/cli/help.hpp"

#include "agent/cli/exit_code.hpp"
#include "config/help_page.hpp"

namespace trafikito::agent::cli {

namespace {

std::vector<config::command_words> const& words() {
    static std::vector<config::command_words> const all{
        {"",
         "The API names them, available_commands.sh on this machine says what they are, and once "
         "per interval their output is sent. Without a command the agent runs as `run` says.",
         {"trafikito-agent check", "trafikito-agent why"},
         exit_codes_text},
        {"run",
         "It stays in the foreground; SIGTERM ends it, SIGHUP reads the configuration again.",
         {"trafikito-agent run --once",
          "trafikito-agent run --config /opt/trafikito/etc/trafikito.cfg"},
         ""},
        {"why",
         "It looks at all that a report has to pass, from the configuration to the API, and ends "
         "with one sentence: what is wrong and what to do. It never sends a report and does not "
         "disturb a running daemon.",
         {"trafikito-agent why", "trafikito-agent why --json"},
         "0 nothing is wrong; 1 something is; 2 the configuration is wrong."},
        {"check",
         "All that is wrong is said as FILE:LINE:COLUMN, with the line and what mends it, as the "
         "daemon's user sees it.",
         {"trafikito-agent check", "trafikito-agent check --strict --json"},
         "0 the daemon would start; 2 it would not, or (--strict) there is a warning."},
        {"test",
         "They run with the daemon's user, limits, environment and directory; under systemd, where "
         "root asks, with all that the agent's unit says.",
         {"trafikito-agent test uptime", "trafikito-agent test uptime --repeat 3"},
         "0 each ended well; 1 one did not; 2 a name is not in the list, or the configuration is "
         "wrong."},
        {"status",
         "Its last and next cycle, what the API answered, each command, what waits and what is "
         "wrong.",
         {"trafikito-agent status", "trafikito-agent status --json"},
         "0 the daemon runs; 3 it does not; 2 the configuration is wrong."},
        {"healthcheck",
         "One line, for containers and load balancers.",
         {"trafikito-agent healthcheck",
          "trafikito-agent healthcheck --config /opt/trafikito/etc/trafikito.cfg"},
         "0 healthy; 1 not."},
        {"enroll",
         "The configuration is written last: what was interrupted is begun anew by the same line.",
         {"trafikito-agent enroll --api-url https://trafikito.example:8443 \\\n"
          "    --workspace-id default --user-api-key-file token",
          "trafikito-agent enroll --api-url https://trafikito.example:8443 \\\n"
          "    --workspace-id default --user-api-key-file - --anew <token"},
         ""}};
    return all;
}

} // namespace

void describe(CLI::App& program) {
    config::set_words(program, words());
}

} // namespace trafikito::agent::cli
