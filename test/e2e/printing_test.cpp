// Suite printing: what both programs print: harmless, in local time, and never lost in silence.
#include "test/e2e/installation.hpp"
#include "test/e2e/self_hosted.hpp"
#include "test/support/eventually.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <regex>

using namespace trafikito::test;

namespace {

using words = std::vector<std::string>;

/// ESC, CSI as one character of C1, right-to-left override, and a byte that is no UTF-8.
constexpr auto hostile = R"(\033[31m \302\2332J \342\200\256 \377)";
std::string const bytes = "\x1b[31m \xc2\x9b"
                          "2J \xe2\x80\xae \xff";
std::string const harmless = R"(\x1b[31m \xc2\x9b2J \xe2\x80\xae \xff)";

bool has(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

bool obeyed(std::string const& text) {
    return has(text, "\x1b") || has(text, "\xc2\x9b") || has(text, "\xe2\x80\xae") ||
           has(text, "\xff");
}

struct printing_fixture : pair {
    printing_fixture() : pair(2) { commands("trafikito_uptime=\"echo up\"\n"); }

    /// A program whose stdout a shell has opened as `where` says.
    [[nodiscard]] finished printing_to(std::string const& where, words program) const {
        program.insert(program.begin(), {"/bin/sh", "-c", "exec \"$@\" " + where, "sh"});
        return run(std::move(program), there.all_environment());
    }
    [[nodiscard]] words agent(words arguments) const {
        arguments.insert(arguments.begin(), TRAFIKITO_AGENT);
        arguments.insert(arguments.end(), {"--config", there.config().string()});
        return arguments;
    }
    [[nodiscard]] words server(words arguments) const {
        arguments.insert(arguments.begin(), TRAFIKITO_SERVER);
        arguments.insert(arguments.end(), {"--data", (there.base() / "data").string()});
        return arguments;
    }
    [[nodiscard]] static words help(char const* program, words command) {
        std::erase(command, "");
        command.insert(command.begin(), program);
        command.emplace_back("--help");
        return command;
    }
    /// A data directory with one server.
    void set_up_server() const {
        auto serve = server({"serve", "--listen", "127.0.0.1:0"});
        program serving(std::move(serve), there.all_environment());
        BOOST_REQUIRE(serving.wrote("listening on"));
        serving.signal(SIGTERM);
        BOOST_TEST(exited(serving.wait(), 0));
        BOOST_TEST(
            exited(run(server({"servers", "add", "--name", "one"}), there.all_environment()), 0));
    }

    void check_all_fail(std::string const& where, std::string const& why) const {
        std::vector<words> all{agent({"check"}),
                               agent({"check", "--json"}),
                               agent({"test"}),
                               agent({"test", "--raw"}),
                               agent({"test", "--as-sent"}),
                               agent({"test", "--repeat", "2"}),
                               agent({"status"}),
                               agent({"status", "--json"}),
                               agent({"healthcheck"}),
                               agent({"why"}),
                               agent({"why", "--json"}),
                               {TRAFIKITO_AGENT, "--version"},
                               {TRAFIKITO_AGENT, "--help-keys"},
                               {TRAFIKITO_AGENT, "--complete", ""},
                               server({"servers"}),
                               server({"servers", "--json"}),
                               server({"tokens", "--json"}),
                               server({"order", "one"}),
                               server({"check"}),
                               server({"check", "--json"}),
                               server({"why", "one"}),
                               server({"why", "one", "--json"}),
                               server({"servers", "add", "--name", "two"}),
                               {TRAFIKITO_SERVER, "--version"},
                               {TRAFIKITO_SERVER, "--complete", ""}};
        for (auto const* const command :
             {"", "run", "why", "check", "test", "status", "healthcheck", "enroll"}) {
            all.push_back(help(TRAFIKITO_AGENT, {command}));
        }
        for (words const& command : {words{""},
                                     {"serve"},
                                     {"enroll-command"},
                                     {"tokens"},
                                     {"tokens", "revoke"},
                                     {"servers"},
                                     {"servers", "add"},
                                     {"servers", "remove"},
                                     {"servers", "rename"},
                                     {"servers", "new-key"},
                                     {"outputs"},
                                     {"order"},
                                     {"check"},
                                     {"why"}}) {
            all.push_back(help(TRAFIKITO_SERVER, command));
        }
        for (auto const& each : all) {
            auto const ran = printing_to(where, each);
            BOOST_TEST_CONTEXT(where << " " << each.at(1)) {
                BOOST_TEST(exited(ran, 1));
                BOOST_TEST(ran.out == "");
                bool const said =
                    why.empty() ? ran.err.empty() : has(ran.err, "error: standard output " + why);
                BOOST_TEST(said, ran.err);
            }
        }
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(printing, printing_fixture)

BOOST_AUTO_TEST_CASE(a_full_disk_behind_stdout_is_exit_1_with_a_word) {
    set_up_server();
    check_all_fail("> /dev/full", "cannot be written: No space left on device");
    // A server whose key nobody saw is not there.
    BOOST_TEST(!has(run(server({"servers"}), there.all_environment()).out, "two"));
}

BOOST_AUTO_TEST_CASE(so_is_a_closed_stdout_and_no_file_gets_what_was_for_it) {
    set_up_server();
    check_all_fail(">&-", "is closed");
    BOOST_TEST(has(run(server({"servers"}), there.all_environment()).out, "one"));
}

BOOST_AUTO_TEST_CASE(a_reader_who_has_gone_is_exit_1) {
    set_up_server();
    // A FIFO that is opened for both ends, and then only for writing, has no reader.
    auto const fifo = (there.base() / "fifo").string();
    BOOST_REQUIRE(
        exited(run({"/bin/sh", "-c", "mkfifo \"$1\"", "sh", fifo}, there.all_environment()), 0));
    check_all_fail("3<> '" + fifo + "' > '" + fifo + "' 3<&-", "");
}

BOOST_AUTO_TEST_CASE(nothing_to_print_is_no_failure) {
    set_up_server();
    BOOST_TEST(exited(printing_to("> /dev/full", server({"outputs"})), 0));
    BOOST_TEST(exited(printing_to(">&- 2>&-", agent({"--once"})), 0));
}

BOOST_AUTO_TEST_CASE(what_a_command_prints_does_not_speak_to_a_terminal) {
    commands("trafikito_uptime=\"printf '" + std::string(hostile) + "\\n'\"\n");
    auto const shown = there.run({"test"});
    BOOST_TEST(exited(shown, 0));
    BOOST_TEST(has(shown.out, "\n    " + harmless + "\n"), shown.out);
    BOOST_TEST(!obeyed(shown.out));
    auto const raw = there.run({"test", "--as-sent"});
    BOOST_TEST(has(raw.out, "\n" + bytes + "\n"), raw.out);
}

BOOST_AUTO_TEST_CASE(a_command_that_prints_the_key_shows_it_to_nobody) {
    commands("trafikito_uptime=\"printf '" + api.who().api_key.substr(0, 9) + "'; echo '" +
             api.who().api_key.substr(9) + "'\"\n");
    auto const shown = there.run({"test"});
    BOOST_TEST(has(shown.out, "\n    …\n"), shown.out);
    // What is reported is not changed.
    BOOST_TEST(exited(there.once(), 0));
    BOOST_TEST(has(report().report, api.who().api_key));
}

BOOST_AUTO_TEST_CASE(names_and_paths_do_not_speak_to_a_terminal) {
    auto const name = bytes + "\nforged: error: line";
    there.environment["TRAFIKITO_AVAILABLE_COMMANDS"] = "/nowhere/" + name;
    there.environment["TRAFIKITO_" + bytes] = "x";
    for (words const& each : {words{"check"}, {"test"}, {"test", name}, {"--once"}, {name}}) {
        auto const ran = there.run(each);
        BOOST_TEST(!obeyed(ran.out + ran.err), ran.out + ran.err);
        BOOST_TEST(!has("\n" + ran.out + ran.err, "\nforged"), ran.out + ran.err);
    }
    for (words const& each : {words{"servers"}, {"outputs", name}, {"order", name}, {name}}) {
        auto call = server(each);
        call.back() += name;
        auto const ran = run(call, there.all_environment());
        BOOST_TEST(!obeyed(ran.out + ran.err), ran.out + ran.err);
        BOOST_TEST(!has("\n" + ran.out + ran.err, "\nforged"), ran.out + ran.err);
    }
}

BOOST_AUTO_TEST_CASE(status_stays_readable_whatever_was_written_into_stop) {
    auto const daemon = there.daemon();
    (void)report();
    (void)there.write("var/STOP", bytes + "\n");
    auto const text = there.run({"status"});
    BOOST_TEST(!obeyed(text.out), text.out);
    auto const json = there.run({"status", "--json"});
    BOOST_TEST(!obeyed(json.out), json.out);
    BOOST_TEST(boost::json::parse(json.out).is_object());
    daemon->signal(SIGTERM);
    (void)daemon->wait();
}

BOOST_AUTO_TEST_CASE(times_are_local_and_have_their_offset) {
    there.environment["TZ"] = "IST-5:30";
    std::string const time = R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+05:30)";
    auto const text = there.once();
    BOOST_TEST(std::regex_search(text.err, std::regex("^" + time + " info    report accepted")),
               text.err);
    BOOST_TEST(std::regex_search(read_file(there.base() / "var/audit.log"),
                                 std::regex("^" + time + "  ordered ")));
    there.environment["TRAFIKITO_LOG_FORMAT"] = "json";
    BOOST_TEST(std::regex_search(there.once().err, std::regex("\"time\":\"" + time + "\"")));
    auto serve = server({"serve", "--listen", "127.0.0.1:0"});
    program serving(std::move(serve), there.all_environment());
    BOOST_REQUIRE(serving.wrote("listening on"));
    BOOST_TEST(std::regex_search(serving.err(), std::regex("^" + time + " ")), serving.err());
    serving.signal(SIGTERM);
    (void)serving.wait();
}

BOOST_AUTO_TEST_SUITE_END()
