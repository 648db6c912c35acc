// Suite check: `trafikito-server check` on directories that serve would take or refuse: the whole
// text, the exit code, and that nothing is changed.
#include "test/server/child.hpp"
#include "test/server/store/old_database.hpp"

#include "net/api/report.hpp"
#include "server/security/secrets.hpp"
#include "server/store/sqlite_schema.hpp"
#include "server/store/store.hpp"
#include "test/support/certificates.hpp"
#include "test/support/eventually.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace trafikito;
namespace fs = std::filesystem;
using tcp = boost::asio::ip::tcp;

struct fixture {
    test::temporary_directory directory;
    fs::path data = directory.path() / "data";
    std::unique_ptr<test::child> serving;

    void serve(std::vector<std::string> const& more = {}) {
        auto const port_file = directory.path() / "port";
        fs::remove(port_file);
        std::vector<std::string> words{"serve",       "--data",      data.string(),     "--listen",
                                       "127.0.0.1:0", "--port-file", port_file.string()};
        words.insert(words.end(), more.begin(), more.end());
        serving = std::make_unique<test::child>(words);
        BOOST_REQUIRE(serving->wrote("certificate authority: "));
        BOOST_REQUIRE(test::eventually([&] { return fs::exists(port_file); }));
    }
    void stop() {
        serving->signal(SIGTERM);
        BOOST_REQUIRE(serving->wait() == 0);
        serving.reset();
    }
    /// As it is between two runs.
    void served_once() {
        serve();
        stop();
    }

    /// What is printed, without what every directory of a test has: where it is, and that it is
    /// reached from this machine alone.
    std::string check(int code, std::vector<std::string> more = {}) {
        std::vector<std::string> words{"check", "--data", data.string()};
        if (std::ranges::find(more, "--listen") == more.end()) {
            words.insert(words.end(), {"--listen", "127.0.0.1:0"});
        }
        words.insert(words.end(), more.begin(), more.end());
        auto ended = test::run_server(words);
        BOOST_TEST(ended.status == code, ended.output);
        for (auto at = ended.output.find(data.string()); at != std::string::npos;
             at = ended.output.find(data.string())) {
            ended.output.replace(at, data.string().size(), "DIR");
        }
        return without_way(ended.output);
    }
    static std::string without_way(std::string text) {
        auto const at = text.find("DIR/server.pem: warning: only this machine reaches");
        return at == std::string::npos ? text : text.erase(at, text.find('\n', at) + 1 - at);
    }

    /// Of all but what readers of the database tell each other by (SQLite's shared memory).
    std::string listing() const {
        std::vector<std::string> lines;
        for (auto const& one : fs::recursive_directory_iterator(directory.path())) {
            struct stat found{};
            if (one.path().string().ends_with("-shm")) {
                continue;
            }
            BOOST_REQUIRE(::lstat(one.path().c_str(), &found) == 0);
            lines.push_back(one.path().string() + " " + std::to_string(found.st_mode) + " " +
                            std::to_string(found.st_size) + " " +
                            std::to_string(found.st_mtim.tv_sec) + "." +
                            std::to_string(found.st_mtim.tv_nsec) + "\n");
        }
        std::ranges::sort(lines);
        std::string text;
        for (auto const& line : lines) {
            text += line;
        }
        return text;
    }
};

std::string user() {
    return ::geteuid() == 0 ? "root" : "";
}

bool has(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

BOOST_FIXTURE_TEST_SUITE(check, fixture)

BOOST_AUTO_TEST_CASE(a_directory_that_was_served_has_no_problems_and_is_not_changed) {
    served_once();
    auto const before = listing();
    auto const text = check(0);
    auto const begin = "DIR: schema " + std::to_string(server::store::schema_version()) +
                       ", 0 servers, 0 valid enrolment tokens, to be served by " + user();
    BOOST_TEST(text.starts_with(begin), text);
    BOOST_TEST(has(check(0, {"--full"}), "enrolment tokens, to be served"));
    BOOST_TEST(listing() == before);
}

BOOST_AUTO_TEST_CASE(one_that_is_not_there_is_made_by_serve_and_not_by_check) {
    auto const text = check(0);
    BOOST_TEST(text.starts_with("DIR: no database yet, serve makes one, to be served by "), text);
    BOOST_TEST(!fs::exists(data));
    directory.write("file", "");
    data = directory.path() / "file" / "data";
    BOOST_TEST(check(2).starts_with("DIR: error: "));
}

BOOST_AUTO_TEST_CASE(while_a_server_runs_its_options_are_those_that_are_looked_at) {
    auto const file = directory.write("limits", "keep = 1h\n");
    serve({"--limits", file.string()});
    auto const words = std::vector<std::string>{"check", "--data", data.string()};
    auto const good = test::run_server(words);
    BOOST_TEST(good.status == 0, good.output);
    auto const process = std::to_string(serving->pid());
    BOOST_TEST(has(good.output, ", served by process " + process +
                                    ", with the options of process " + process + ": "),
               good.output);
    directory.write("limits", "# ours\nkeep = 7\nmachine_qouta = 1GiB\n");
    auto const bad = test::run_server(words);
    BOOST_TEST(bad.status == 2);
    BOOST_TEST(bad.output.starts_with(file.string() +
                                      ":2:8: error: keep must have a unit: write 7s, 7h or 7d\n"
                                      "    2 | keep = 7\n"
                                      "      |        ^\n" +
                                      file.string() +
                                      ":3:1: error: there is no limit \"machine_qouta\"\n"
                                      "    3 | machine_qouta = 1GiB\n"
                                      "      | ^\n"
                                      "    Did you mean machine_quota?\n"),
               bad.output);
    BOOST_TEST(bad.output.ends_with(": 2 errors, 1 warning\n"), bad.output);
}

BOOST_AUTO_TEST_CASE(all_that_is_wrong_is_said_at_once) {
    served_once();
    directory.write("data/ca.key", "no key\n");
    directory.write("data/user_api_key", "two\nlines\n");
    auto const file = directory.write("limits", "log_level = loud\n");
    auto const text = check(2, {"--limits", file.string()});
    BOOST_TEST(has(text, "limits:1:13: error: log_level must be debug, info, warning or error"));
    BOOST_TEST(has(text,
                   "DIR/ca.key: error: it is not an unencrypted private key in PEM form\n"
                   "    Put the right one back, or move the file away to have a new one made."),
               text);
    BOOST_TEST(has(text, "DIR/user_api_key: error: "), text);
    BOOST_TEST(text.ends_with(": 3 errors, 1 warning\n"), text);
}

BOOST_AUTO_TEST_CASE(a_database_that_serve_would_refuse_is_said) {
    served_once();
    auto const file = data / "trafikito.db";
    auto const good = test::read_file(file);
    {
        server::database::sqlite raw(file, server::store::access::read_write);
        raw.run_script("PRAGMA user_version = 999");
    }
    BOOST_TEST(has(check(2), "DIR/trafikito.db: error: the database was written by a newer "
                             "trafikito-server (schema 999, this one knows "));
    directory.write("data/trafikito.db", good.substr(0, 8192) + std::string(8192, 'x'));
    BOOST_TEST(check(2).starts_with("DIR/trafikito.db: error: the database "));
    fs::remove(file);
    directory.write("data/trafikito.db-wal", "log");
    BOOST_TEST(has(check(2), "DIR/trafikito.db: error: it is not there, but its log "));
}

BOOST_AUTO_TEST_CASE(an_older_database_is_no_fault) {
    fs::create_directory(data);
    ::chmod(data.c_str(), 0700);
    {
        server::database::sqlite raw(data / "trafikito.db", server::store::access::read_write);
        test::make_old_database(raw, 2);
    }
    BOOST_TEST(has(check(0), "DIR: schema 2, which the next start makes " +
                                 std::to_string(server::store::schema_version())));
}

BOOST_AUTO_TEST_CASE(limits_that_would_delete_most_are_said_as_serve_says_them) {
    served_once();
    {
        server::store::store kept(data / "trafikito.db", server::store::access::read_write,
                                  [] { return std::chrono::system_clock::now(); });
        kept.add_server("s", "name", {});
        for (int i = 0; i < 30; ++i) {
            kept.add_report("s", {{{"trafikito_x", std::string(100'000, 'x')}}, {}});
        }
    }
    BOOST_TEST(has(check(2, {"--machine-quota", "1MiB"}),
                   "DIR/trafikito.db: error: to keep 1.0 MiB of one machine only would delete most "
                   "of what is stored: 20 of 30 reports, 1.9 MiB of 1 machine, so serve refuses to "
                   "start\n"));
    BOOST_TEST(has(check(0, {"--machine-quota", "1MiB", "--yes"}), ", 1 server, "));
}

BOOST_AUTO_TEST_CASE(certificates_are_looked_at_with_their_key_and_their_time) {
    test::certificate_wish wish;
    wish.names = {"trafikito.example"};
    auto const one = test::self_signed(wish);
    auto const certificate = directory.write("own.pem", one.certificate).string();
    auto const key = directory.write("own.key", one.key).string();
    ::chmod(key.c_str(), 0600);
    std::vector<std::string> const words{
        "--certificate", certificate, "--key", key, "--public-url", "https://trafikito.example"};
    BOOST_TEST(check(0, words).ends_with(": no problems\n"));
    ::chmod(key.c_str(), 0644);
    BOOST_TEST(has(check(2, words), key + ": error: others can read the key"));
    ::chmod(key.c_str(), 0600);
    auto other = words;
    other.back() = "https://other.example";
    BOOST_TEST(has(check(0, other), certificate + ": warning: agents will refuse "
                                                  "https://other.example: its certificate is for "
                                                  "trafikito.example only"));
    other.emplace_back("--strict");
    BOOST_TEST(has(check(2, other), ": 1 warning\n"));
    directory.write("own.key", test::self_signed(wish).key);
    BOOST_TEST(
        has(check(2, words), certificate + ": error: it cannot be used with the key " + key));
    wish.valid_to = std::chrono::hours(-1);
    auto const over = test::self_signed(wish);
    directory.write("own.pem", over.certificate);
    directory.write("own.key", over.key);
    BOOST_TEST(has(check(2, words), " expired on "));
    wish.valid_to = std::chrono::hours(24 * 5 + 1);
    auto const soon = test::self_signed(wish);
    directory.write("own.pem", soon.certificate);
    directory.write("own.key", soon.key);
    BOOST_TEST(has(check(0, words), ", in 5 days\n"));
    fs::remove(key);
    fs::remove(certificate);
    auto const gone = check(2, words);
    BOOST_TEST(has(gone, certificate + ": error: it is not there"), gone);
    BOOST_TEST(has(gone, key + ": error: it is not there"), gone);
}

BOOST_AUTO_TEST_CASE(an_address_that_cannot_be_had_is_said) {
    boost::asio::io_context context;
    tcp::acceptor const taken(context, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    auto const port = std::to_string(taken.local_endpoint().port());
    auto const text = check(2, {"--listen", "127.0.0.1:" + port});
    BOOST_TEST(has(text, "127.0.0.1 port " + port +
                             ": error: another program listens there\n"
                             "    `ss -Hltnp 'sport = :" +
                             port + "'` names it"),
               text);
    BOOST_TEST(has(check(2, {"--listen", "192.0.2.1:8443"}),
                   "192.0.2.1 port 8443: error: this machine does not have that address\n"));
}

BOOST_AUTO_TEST_CASE(what_others_may_do_is_said_and_not_mended) {
    served_once();
    ::chmod((data / "ca.key").c_str(), 0644);
    ::chmod(data.c_str(), 0755);
    auto const before = listing();
    auto const text = check(0);
    BOOST_TEST(has(text, "DIR: warning: others can look into it; serve takes that from them\n"),
               text);
    BOOST_TEST(has(text, "DIR/ca.key: warning: others can read it; serve takes that from them\n"),
               text);
    BOOST_TEST(listing() == before);
}

BOOST_AUTO_TEST_CASE(what_keeps_it_from_serving_comes_first) {
    served_once();
    ::chmod((data / "ca.key").c_str(), 0644);
    directory.write("data/user_api_key", "two\nlines\n");
    auto const text = check(2);
    BOOST_TEST(text.starts_with("DIR/user_api_key: error: "), text);
    BOOST_TEST(has(text, "DIR/ca.key: warning: "), text);
}

BOOST_AUTO_TEST_CASE(a_server_that_a_signal_stopped_answers_nobody) {
    serve();
    auto const words = std::vector<std::string>{"check", "--data", data.string()};
    BOOST_TEST(test::run_server(words).status == 0);
    serving->signal(SIGSTOP);
    auto const pid = std::to_string(serving->pid());
    auto const stopped = [&] { return has(test::read_file("/proc/" + pid + "/stat"), ") T "); };
    BOOST_REQUIRE(test::eventually(stopped));
    auto const said = test::run_server(words);
    BOOST_TEST(said.status == 2);
    BOOST_TEST(said.output.starts_with(data.string() + ": error: process " + pid +
                                       ", which serves " + data.string() +
                                       ", was stopped by a signal (SIGSTOP) and answers nobody\n"
                                       "    Type: kill -CONT " +
                                       pid + "\n"),
               said.output);
    serving->signal(SIGCONT);
    BOOST_TEST(test::run_server(words).status == 0);
}

BOOST_AUTO_TEST_CASE(a_database_that_was_deleted_under_a_server_can_be_saved) {
    serve();
    auto const file = data / "trafikito.db";
    fs::remove(file);
    fs::remove(file.string() + "-wal");
    auto const words = std::vector<std::string>{"check", "--data", data.string()};
    auto said = test::run_server(words);
    BOOST_TEST(said.status == 2);
    BOOST_TEST(said.output.starts_with(file.string() + ": error: it was deleted while process " +
                                       std::to_string(serving->pid()) + " serves it"),
               said.output);
    auto const why = test::run_server({"why", "web1", "--data", data.string()});
    BOOST_TEST(has(why.output, "was deleted while a server serves it: `trafikito-server check"),
               why.output);
    // As it says.
    auto const begin = said.output.find('`') + 1;
    auto const mend = said.output.substr(begin, said.output.find("`.", begin) - begin);
    BOOST_TEST(::system(mend.c_str()) == 0, mend);
    BOOST_TEST(serving->wait() == -1);
    serving.reset();
    BOOST_TEST(has(check(0), ", 0 servers, "));
}

BOOST_AUTO_TEST_CASE(an_authority_that_is_gone_is_said_where_machines_are_enrolled) {
    served_once();
    auto const take = [&](char const* name) { fs::rename(data / name, directory.path() / name); };
    take("ca.pem");
    take("ca.key");
    BOOST_TEST(has(check(0), ", 0 servers, "));
    {
        server::store::store kept(data / "trafikito.db", server::store::access::read_write,
                                  [] { return std::chrono::system_clock::now(); });
        kept.add_server("s", "name", {});
    }
    BOOST_TEST(has(check(2), "DIR/ca.pem: error: this server's authority is gone (ca.pem, ca.key), "
                             "and 1 machine is enrolled: the next start makes another one"));
    fs::rename(directory.path() / "ca.key", data / "ca.key");
    BOOST_TEST(has(check(0), "DIR/ca.pem: warning: the certificate of this server's authority is "
                             "gone, and 1 machine is enrolled\n"));
    served_once();
    BOOST_TEST(!has(check(0), "ca.pem"));
    take("ca.key");
    BOOST_TEST(has(check(2), "DIR/ca.pem: error: its key ca.key is missing"));
}

BOOST_AUTO_TEST_CASE(root_looks_with_the_eyes_of_the_owner) {
    if (::geteuid() != 0) {
        BOOST_TEST_MESSAGE("left out: it needs root");
        return;
    }
    served_once();
    constexpr uid_t owner = 64'321;
    for (auto const& one : fs::directory_iterator(data)) {
        BOOST_REQUIRE(::lchown(one.path().c_str(), owner, owner) == 0);
    }
    BOOST_REQUIRE(::chown(data.c_str(), owner, owner) == 0);
    // mkdtemp's directory is root's alone: its way is closed to the owner.
    BOOST_REQUIRE(::chmod(directory.path().c_str(), 0755) == 0);
    BOOST_TEST(has(check(0), ", to be served by #64321"));
    test::certificate_wish wish;
    wish.names = {"127.0.0.1"};
    auto const one = test::self_signed(wish);
    auto const certificate = directory.write("own.pem", one.certificate).string();
    auto const key = directory.write("own.key", one.key).string();
    ::chmod(key.c_str(), 0600); // root's
    auto const text = check(2, {"--certificate", certificate, "--key", key});
    BOOST_TEST(has(text, key + ": error: cannot be read"), text);
    BOOST_REQUIRE(::chown((data / "ca.key").c_str(), owner + 1, owner) == 0);
    BOOST_TEST(has(check(2), "DIR/ca.key: error: "));
}

BOOST_AUTO_TEST_CASE(a_program_gets_the_same) {
    served_once();
    directory.write("data/user_api_key", "");
    auto const text = check(2, {"--json"});
    auto const all = boost::json::parse(text).as_object();
    auto const& summary = all.at("summary").as_object();
    BOOST_TEST(summary.at("errors").as_int64() == 1);
    BOOST_TEST(!summary.at("ok").as_bool());
    auto const& first = all.at("findings").as_array().at(0).as_object();
    BOOST_TEST(first.at("severity").as_string() == "error");
    BOOST_TEST(has(text, R"("file":"DIR/user_api_key","line":null,"column":null)"), text);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
