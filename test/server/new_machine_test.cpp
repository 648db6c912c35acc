// The built trafikito-server from outside, as a new machine meets it: the printed lines with the
// real curl and wget, what they download, tokens while it serves.
#include "test/server/agent_files_folder.hpp"
#include "test/server/child.hpp"
#include "test/server/http/tls_client.hpp"
#include "test/support/eventually.hpp"
#include "test/support/real_programs.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sys/stat.h>
#include <sys/wait.h>

namespace {

using namespace trafikito;
namespace fs = std::filesystem;

std::string const script = "#!/bin/sh\n"
                           "# BEGIN served\n"
                           "served_api_url=''\n"
                           "# END served\n"
                           "echo \"from $served_api_url pin $served_pin: $*\"\n"
                           "printf '%s\\n' \"$served_files\"\n";

struct fixture {
    test::temporary_directory directory;
    std::string data = directory.path() / "it's data";
    fs::path folder = directory.path() / "agent-files";
    std::string port_file = directory.path() / "port";
    std::unique_ptr<test::child> serving;

    fixture() {
        test::make_agent_files_folder(folder);
        put("install.sh", script);
    }
    void put(std::string const& name, std::string const& bytes) const {
        test::put_agent_file(folder / name, bytes);
    }
    void serve(std::vector<std::string> const& more = {}) {
        std::vector<std::string> arguments{"serve",    "--data",        data,
                                           "--listen", "127.0.0.1:0",   "--port-file",
                                           port_file,  "--agent-files", folder.string()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        serving = std::make_unique<test::child>(arguments);
        BOOST_REQUIRE(serving->wrote("certificate authority: "));
        BOOST_REQUIRE(test::eventually([&] { return fs::exists(port_file); }));
    }
    std::string url() const {
        auto const port = test::read_file(port_file);
        return "https://127.0.0.1:" + port.substr(0, port.find('\n'));
    }
    test::ended_server run(std::vector<std::string> arguments,
                           std::vector<std::string> const& more = {}) const {
        arguments.insert(arguments.end(), {"--data", data});
        arguments.insert(arguments.end(), more.begin(), more.end());
        return test::run_server(arguments);
    }
    /// The printed line that begins so, without sudo, as a shell runs it.
    std::string line_of(std::string const& begin, std::vector<std::string> const& more = {}) const {
        auto const printed = run({"enroll-command"}, more).output;
        auto const at = printed.find(begin);
        BOOST_REQUIRE(at != printed.npos);
        auto line = printed.substr(at, printed.find('\n', at) - at);
        line.erase(line.find("sudo "), 5);
        return line;
    }
    static test::ended_server shell(std::string const& line) {
        auto* const reading = ::popen(("{ " + line + "\n} 2>&1").c_str(), "r");
        BOOST_REQUIRE(reading != nullptr);
        std::string all;
        std::array<char, 4096> some{};
        while (auto const size = std::fread(some.data(), 1, some.size(), reading)) {
            all.append(some.data(), size);
        }
        auto const status = ::pclose(reading);
        return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, all};
    }
    std::string get(std::string const& path) const {
        auto const text = url();
        test::tls_client client(
            static_cast<unsigned short>(std::stoi(text.substr(text.rfind(':') + 1))),
            data + "/ca.pem", "localhost");
        BOOST_REQUIRE(client.connected());
        client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
        return client.receive();
    }
    void refuses_another_key(std::string line) const {
        auto const pin = line.find("sha256//") + 8;
        line.replace(pin, 4, line.substr(pin, 4) == "AAAA" ? "BBBB" : "AAAA");
        auto const ran = shell(line);
        BOOST_TEST(ran.output.find("from ") == std::string::npos, ran.output);
        BOOST_TEST(ran.output.find("pinned public key") != std::string::npos, ran.output);
    }
};

bool has(std::string const& text, std::string const& part) {
    BOOST_TEST_INFO(text);
    return text.find(part) != std::string::npos;
}

BOOST_FIXTURE_TEST_SUITE(new_machine, fixture)

BOOST_AUTO_TEST_CASE(curl_runs_the_script_of_this_server_and_no_other, *test::needs("curl")) {
    put("trafikito-agent-0.1.0-linux-x86_64.tar.gz", std::string(3'000'000, 'x'));
    serve();
    auto const line = line_of("curl ", {"--server-name", "it's `web` 1"});
    auto const ran = shell(line);
    BOOST_TEST(has(ran.output, "from " + url() + " pin sha256/"));
    BOOST_TEST(has(ran.output, "--workspace_id=default --servername=it's `web` 1\n"));
    BOOST_TEST(has(ran.output, ": --user_api_key=enroll-"));
    BOOST_TEST(has(ran.output, "  trafikito-agent-0.1.0-linux-x86_64.tar.gz"));
    refuses_another_key(line);
    auto const sum = ran.output.substr(ran.output.find("  trafikito-agent-") - 64, 64);
    auto const archive =
        shell("curl -fsS --cacert '" + directory.path().string() + "/it'\\''s data/ca.pem' " +
              url() + "/agent/trafikito-agent-0.1.0-linux-x86_64.tar.gz | sha256sum");
    BOOST_TEST(archive.output == sum + "  -\n");
}

BOOST_AUTO_TEST_CASE(wget_does_as_well, *test::needs("wget")) {
    serve();
    auto const line = line_of("wget ");
    BOOST_TEST(has(shell(line).output, "from " + url() + " pin sha256/"));
    refuses_another_key(line);
}

BOOST_AUTO_TEST_CASE(the_start_names_the_command_that_prints_the_line) {
    serve();
    auto const& said = serving->output();
    BOOST_TEST(has(said, "address for agents: " + url()));
    auto const at = said.find("for a new machine: ") + 19;
    auto const ran = shell(said.substr(at, said.find('\n', at) - at));
    BOOST_TEST(ran.status == 0);
    BOOST_TEST(has(ran.output, "curl -fsSk --pinnedpubkey 'sha256//"));
    BOOST_TEST(has(ran.output, "the token in it enrols 1 machine until "));
    BOOST_TEST(has(ran.output, "warning: only this machine reaches " + url()));
    BOOST_TEST(!has(serving->output(), "enroll-0"));
}

BOOST_AUTO_TEST_CASE(tokens_are_listed_and_revoked_while_it_serves) {
    serve();
    auto const token = run({"enroll-command"}, {"--token-only", "--machines", "3"}).output;
    auto const listed = run({"tokens"}).output;
    BOOST_TEST(has(listed, "  0/3       0        -     valid\n"));
    BOOST_TEST(!has(listed, token.substr(0, 20)));
    auto const id = listed.substr(listed.find('\n') + 1, 12);
    BOOST_TEST(run({"tokens", "revoke"}, {"abc"}).status == 1);
    BOOST_TEST(run({"tokens", "revoke"}, {"ffffffffffffff"}).status == 1);
    auto const revoked = run({"tokens", "revoke"}, {id.substr(0, 6)});
    BOOST_TEST(revoked.status == 0);
    BOOST_TEST(has(revoked.output, "revoked " + id));
    BOOST_TEST(has(run({"tokens"}).output, "revoked\n"));
    BOOST_TEST(has(run({"tokens"}, {"--json"}).output, "\"state\":\"revoked\""));
}

BOOST_AUTO_TEST_CASE(a_signal_reads_the_files_again_and_what_is_broken_changes_nothing) {
    serve();
    auto const before = get("/install.sh");
    BOOST_TEST(has(before, "served_api_url='" + url() + "'"));
    auto const reload = [&](std::string const& until) {
        serving->signal(SIGHUP);
        BOOST_TEST(test::eventually([&] { return get("/install.sh").find(until) != before.npos; }));
    };
    put("install.sh", script + "echo new\n");
    reload("echo new");
    put("install.sh", "#!/bin/sh\necho broken\n");
    serving->signal(SIGHUP);
    BOOST_TEST(serving->wrote("what new machines download stays as it was"));
    BOOST_TEST(has(get("/install.sh"), "echo new"));
}

BOOST_AUTO_TEST_CASE(without_files_the_line_is_refused_and_the_server_says_why) {
    fs::remove(folder / "install.sh");
    serve();
    BOOST_TEST(has(serving->output(), "install.sh cannot be read"));
    BOOST_TEST(has(get("/install.sh"), "--agent-files"));
    auto const refused = run({"enroll-command"});
    BOOST_TEST(refused.status == 1);
    BOOST_TEST(has(refused.output, "--agent-files"));
    BOOST_TEST(run({"enroll-command"}, {"--token-only"}).status == 0);
}

BOOST_AUTO_TEST_CASE(without_a_server_there_is_no_line) {
    serve();
    struct stat status{};
    BOOST_TEST(::stat((data + "/serving").c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 07777U) == 0600U);
    serving->signal(SIGKILL); // which leaves that file
    serving->wait();
    auto const refused = run({"enroll-command"});
    BOOST_TEST(refused.status == 1);
    BOOST_TEST(has(refused.output, "no server runs on "));
    fs::remove(port_file);
    serve();
    BOOST_TEST(run({"enroll-command"}).status == 0);
    serving->signal(SIGTERM);
    BOOST_TEST(serving->wait() == 0);
    BOOST_TEST(!fs::exists(data + "/serving"));
    BOOST_TEST(run({"tokens"}).status == 0);
}

BOOST_AUTO_TEST_CASE(another_address_must_be_one_of_the_certificate) {
    serve({"--host-name", "trafikito.example"});
    auto const line = line_of("curl ", {"--url", "https://trafikito.example:9"});
    BOOST_TEST(has(line, " https://trafikito.example:9/install.sh | sh -s -- "));
    auto const local = "https://localhost" + url().substr(url().rfind(':'));
    BOOST_TEST(has(shell(line_of("curl ", {"--url", local})).output, "from " + local + " pin"));
    auto const refused = run({"enroll-command"}, {"--url", "https://other.example"});
    BOOST_TEST(refused.status == 1);
    BOOST_TEST(has(refused.output, "other.example"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
