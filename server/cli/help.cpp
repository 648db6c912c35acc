#include "server/cli/help.hpp"

#include "config/help_page.hpp"

namespace trafikito::server::cli {

namespace {

std::vector<config::command_words> const& words() {
    static std::vector<config::command_words> const all{
        {"",
         "It can name commands that a machine offers, and nothing else. All but serve work beside "
         "a server that runs, as the user whom its data belongs to.",
         {"trafikito-server serve --data /var/lib/trafikito-server",
          "trafikito-server enroll-command --server-name web1"},
         "0 all went well; 1 it did not, or what was to be printed could not be; 2 the command "
         "line is wrong."},
        {"serve",
         "What is missing below DIR is made at the first start. Sizes are 64KiB, 512MiB, 4GiB, "
         "times 90s, 5m, 1h, 7d.",
         {"trafikito-server serve --data ./data",
          "trafikito-server serve --data ./data --listen 0.0.0.0:8443 --keep 30d"},
         ""},
        {"check",
         "It takes the options of serve; without any, those of the server that runs count, or of "
         "its unit.",
         {"trafikito-server check", "trafikito-server check --data ./data --keep 30d"},
         "0 it would serve; 2 it would not, or (--strict) there is a warning."},
        {"why",
         "What this server knows of it: whether it was enrolled and has reported, with which key, "
         "from where, by which clock, and what was refused and why.",
         {"trafikito-server why web1", "trafikito-server why web1 --json"},
         "0 nothing is wrong; 1 something is."},
        {"enroll-command",
         "It holds a token that is good for as many machines and as long as you say here.",
         {"trafikito-server enroll-command --server-name web1",
          "trafikito-server enroll-command --machines 50 --valid 7d"},
         ""},
        {"tokens",
         "A token itself is never seen again: it is called by the beginning of its id.",
         {"trafikito-server tokens", "trafikito-server tokens --json"},
         ""},
        {"tokens revoke",
         "",
         {"trafikito-server tokens revoke 3f2a",
          "trafikito-server tokens revoke --data ./data 3f2a"},
         ""},
        {"password",
         "On a terminal it is typed twice and not seen; else the first line of standard input is "
         "it. A new one ends all sessions.",
         {"trafikito-server password", "trafikito-server password --link"},
         ""},
        {"people",
         "An administrator may change all that the page can; a reader looks.",
         {"trafikito-server people", "trafikito-server people --json"},
         ""},
        {"people add",
         "Without a server that runs there is no link: `password NAME` sets the password then.",
         {"trafikito-server people add ada",
          "trafikito-server people add ada --role administrator"},
         ""},
        {"people remove",
         "The last administrator stays.",
         {"trafikito-server people remove ada", "trafikito-server people remove --data ./data ada"},
         ""},
        {"api-tokens",
         "A token itself is never seen again: it is called by its id.",
         {"trafikito-server api-tokens", "trafikito-server api-tokens --json"},
         ""},
        {"api-tokens make",
         "A program sends it as `Authorization: Bearer TOKEN`.",
         {"trafikito-server api-tokens make prometheus",
          "trafikito-server api-tokens make backup --role administrator --valid 365d"},
         ""},
        {"api-tokens revoke",
         "",
         {"trafikito-server api-tokens revoke 3f2a",
          "trafikito-server api-tokens revoke --data ./data 3f2a"},
         ""},
        {"servers",
         "Late is a machine whose newest data is older than three of its intervals and a minute.",
         {"trafikito-server servers", "trafikito-server servers --json"},
         ""},
        {"servers add",
         "For an agent that is configured by hand; enroll-command is easier. The key is printed "
         "this once.",
         {"trafikito-server servers add --name web1",
          "trafikito-server servers add --name web2 --server-id web2"},
         ""},
        {"servers remove",
         "Nothing that it sends is taken from that moment on.",
         {"trafikito-server servers remove web1",
          "trafikito-server servers remove --data ./data web1"},
         ""},
        {"servers rename",
         "Its agent does not notice.",
         {"trafikito-server servers rename web1 web-berlin",
          "trafikito-server servers rename web1 'the old web server'"},
         ""},
        {"servers new-key",
         "So a machine that was installed anew takes its old place.",
         {"trafikito-server servers new-key web1",
          "trafikito-server servers new-key --data ./data web1"},
         ""},
        {"outputs",
         "What a terminal would obey is written out as \\x1b, and each line of an output begins "
         "with a bar.",
         {"trafikito-server outputs web1 --command uptime --last 3",
          "trafikito-server outputs --json"},
         ""},
        {"values",
         "Which ones are taken, DIR/values.conf says beside rules of our own; a RULE is a line of "
         "it.",
         {"trafikito-server values web1",
          "trafikito-server values web1 --try 'trafikito_uptime users = before \" user\"'"},
         "0 all went well; 1 it did not, or the RULE finds nothing, which is said why."},
        {"backup",
         "As it was at one moment; what comes meanwhile is not in it. Of a PostgreSQL, too, a file "
         "of SQLite is made.",
         {"trafikito-server backup monday.db", "trafikito-server backup --data ./data tuesday.db"},
         ""},
        {"restore",
         "A server that runs goes on; until the end it refuses what comes, and agents send it "
         "later.",
         {"trafikito-server restore monday.db --yes",
          "trafikito-server restore --database postgresql:///trafikito monday.db"},
         ""},
        {"copy",
         "A server may go on with the first. Run again, it copies what has changed: so the last "
         "run, with that server stopped, is short. Then start it with the second.",
         {"trafikito-server copy --from ./data --to postgresql:///trafikito",
          "trafikito-server copy --from postgresql://db/trafikito --to ./data"},
         ""},
        {"order",
         "Without any word behind SERVER the order that stands is shown. Names may be written "
         "without trafikito_.",
         {"trafikito-server order web1", "trafikito-server order web1 +uptime -free"},
         ""},
        {"clock",
         "A clock that moved by more than an hour deletes nothing until it has stood for a day, or "
         "you say that it is right.",
         {"trafikito-server clock", "trafikito-server clock --believe"},
         "0 it is believed, or will be within a minute; 1 it is not."}};
    return all;
}

} // namespace

void describe(CLI::App& program) {
    config::set_words(program, words());
}

} // namespace trafikito::server::cli
