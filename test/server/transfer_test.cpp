// Suite transfer: backup, restore and copy as an administrator runs them, beside a server that
// serves.
#include "test/server/child.hpp"

#include "server/security/secrets.hpp"
#include "server/store/open_store.hpp"
#include "server/store/store.hpp"
#include "test/exec/forked.hpp"
#include "test/server/http/tls_client.hpp"
#include "test/server/store/old_database.hpp"
#include "test/server/store/store_fixture.hpp"
#include "test/support/eventually.hpp"
#include "test/support/system_call_filter.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>
#include <sys/stat.h>

namespace {

using namespace trafikito;
namespace fs = std::filesystem;
using words = std::vector<std::string>;

bool has(std::string const& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

struct fixture : test::store_place {
    fs::path data = directory.path() / "data";
    fs::path port_file = directory.path() / "port";
    fs::path backup = directory.path() / "backup";
    std::unique_ptr<test::child> serving;
    int sent = 0;

    [[nodiscard]] bool on_postgres() const { return engine == test::engine_kind::postgres; }
    [[nodiscard]] words at_place(words first) const {
        first.insert(first.end(), {"--data", data});
        if (on_postgres()) {
            first.insert(first.end(), {"--database", where});
        }
        return first;
    }
    /// For --from and --to.
    [[nodiscard]] std::string place() const { return on_postgres() ? where : data.string(); }

    void serve() {
        fs::remove(port_file);
        auto all = at_place({"serve"});
        all.insert(all.end(), {"--listen", "127.0.0.1:0", "--port-file", port_file});
        serving = std::make_unique<test::child>(all);
        BOOST_REQUIRE(test::eventually([&] { return fs::exists(port_file); }));
    }
    void stop() {
        serving->signal(SIGTERM);
        BOOST_REQUIRE(serving->wait() == 0);
        serving.reset();
    }
    /// Of what is served: SQLite's lies in its data directory.
    [[nodiscard]] std::unique_ptr<server::database::connection> connect_raw_at_place() const {
        return on_postgres() ? connect_raw()
                             : std::make_unique<server::database::sqlite>(
                                   data / "trafikito.db", server::store::access::read_write);
    }
    static std::string ended(int status, words const& all) {
        auto result = test::run_server(all);
        BOOST_TEST(result.status == status, result.output);
        return result.output;
    }
    void add_server(std::string const& id) const {
        auto const key = directory.path() / "key";
        std::ofstream(key) << "key-of-" << id << "-0123456789\n";
        fs::permissions(key, fs::perms::owner_read | fs::perms::owner_write);
        ended(0, at_place({"servers", "add", "--name", id, "--server-id", id, "--api-key-file",
                           key.string()}));
    }
    /// The status line of the answer to a report of that server.
    std::string send(std::string const& id) {
        test::tls_client client(static_cast<unsigned short>(std::stoi(test::read_file(port_file))),
                                data / "ca.pem", "localhost");
        auto const field = [](std::string const& name, std::string const& value) {
            return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value +
                   "\r\n";
        };
        auto const body =
            field("serverId", id) + field("serverApiKey", "key-of-" + id + "-0123456789") +
            field("output", "*-*-*-*------------ Trafikito command: trafikito_x\noutput " +
                                std::to_string(++sent) + " of " + id + "\n") +
            "--b--\r\n";
        client.send("POST /v2/agent/save_output HTTP/1.1\r\nHost: h\r\nContent-Type: "
                    "multipart/form-data; boundary=b\r\nContent-Length: " +
                    std::to_string(body.size()) + "\r\n\r\n" + body);
        auto const answer = client.receive();
        return answer.substr(0, answer.find('\r'));
    }
    [[nodiscard]] static std::string all_outputs(words place) {
        place.insert(place.begin(), "outputs");
        place.insert(place.end(), {"--last", "100000", "--json"});
        return ended(0, place);
    }
    void fill() {
        serve();
        add_server("one");
        add_server("two");
        for (int i = 0; i < 20; ++i) {
            BOOST_REQUIRE_EQUAL(send(i % 2 == 0 ? "one" : "two"), "HTTP/1.1 200 OK");
        }
    }
    [[nodiscard]] words backup_line() const {
        auto all = at_place({"backup"});
        all.push_back(backup);
        return all;
    }
    [[nodiscard]] words restore_line(words const& more = {}) const {
        auto all = at_place({"restore"});
        all.push_back(backup);
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    /// Whatever lies beside the backup.
    [[nodiscard]] std::string beside_backup() const {
        std::string names;
        for (auto const& one : fs::directory_iterator(directory.path())) {
            auto const name = one.path().filename().string();
            names += name.starts_with("backup") ? name + " " : "";
        }
        return names;
    }
};

constexpr char const* good = "HTTP/1.1 200 OK";

BOOST_FIXTURE_TEST_SUITE(transfer, fixture)

TRAFIKITO_STORE_TEST_CASE(a_backup_is_made_while_it_is_served_and_put_back_into_what_is_served) {
    fill();
    auto const before = all_outputs(at_place({}));
    // As one that was killed leaves them.
    std::ofstream(backup.string() + ".part") << "half";
    std::ofstream(backup.string() + ".part-wal") << "half";
    auto const text = ended(0, backup_line());
    BOOST_TEST(has(text, "backed up 2 servers and 20 reports ("), text);
    BOOST_TEST(beside_backup() == "backup ");
    struct stat found{};
    BOOST_REQUIRE(::stat(backup.c_str(), &found) == 0);
    BOOST_TEST((found.st_mode & 07777U) == 0600U);
    BOOST_TEST(has(ended(1, backup_line()), "is there already"));

    add_server("three");
    BOOST_TEST(test::eventually([&] { return send("three") == good; }));
    BOOST_TEST(send("one") == good);
    BOOST_TEST(has(ended(1, restore_line()), "3 servers and 22 reports: give --yes"));
    ended(0, restore_line({"--yes"}));
    BOOST_TEST(all_outputs(at_place({})) == before);
    BOOST_TEST(beside_backup() == "backup ");

    BOOST_TEST(test::eventually([&] { return has(send("three"), " 401 "); }));
    BOOST_TEST(send("one") == good);
    BOOST_TEST(send("two") == good);
    auto const after = all_outputs(at_place({}));
    BOOST_TEST(has(after, "output " + std::to_string(sent) + " of two"));
    BOOST_TEST(has(ended(0, at_place({"check", "--full"})), ", 2 servers, "));
    stop();
}

TRAFIKITO_STORE_TEST_CASE(what_is_no_backup_takes_the_place_of_nothing) {
    fill();
    stop();
    auto const before = all_outputs(at_place({}));
    auto const refused = [&](std::string_view why) {
        auto const text = ended(1, restore_line({"--yes"}));
        BOOST_TEST(has(text, why), text);
        BOOST_TEST(!has(text, "Stop the server"), text);
        BOOST_TEST(all_outputs(at_place({})) == before);
    };
    refused("is no file: No such file or directory");
    fs::create_directory(backup);
    refused("is no file");
    fs::remove(backup);
    std::ofstream(backup) << std::string(5000, 'x');
    refused("is no backup, or it is damaged");
    fs::remove(backup);
    {
        server::database::sqlite other(backup, server::store::access::read_write);
        other.run_script("CREATE TABLE servers (x)");
    }
    refused("is no backup, or it is damaged");
    fs::remove(backup);
    ended(0, backup_line());
    fs::resize_file(backup, fs::file_size(backup) / 2);
    refused("is no backup, or it is damaged");
    fs::remove(backup);
    ended(0, backup_line());
    {
        server::database::sqlite opened(backup, server::store::access::read_write);
        opened.run_script("UPDATE reports SET body = substr(body, 1, 5) WHERE id = 3;"
                          "PRAGMA journal_mode = DELETE");
    }
    refused("is damaged, 1 fault: server ");
    {
        server::database::sqlite opened(backup, server::store::access::read_write);
        opened.run_script("PRAGMA user_version = 1000; PRAGMA journal_mode = DELETE");
    }
    refused("written by a newer trafikito-server (schema 1000");
    BOOST_TEST(beside_backup() == "backup ");
}

TRAFIKITO_STORE_TEST_CASE(a_report_that_a_disk_has_changed_is_named_wherever_it_is_read) {
    fill();
    stop();
    {
        auto const raw = connect_raw_at_place();
        auto query = raw->prepare("SELECT body FROM reports WHERE id = 3");
        BOOST_REQUIRE(query.step());
        auto body = query.bytes_at(0);
        body.at(body.size() / 2) = static_cast<char>(body.at(body.size() / 2) ^ 1);
        raw->prepare("UPDATE reports SET body = ? WHERE id = 3").blob(body).run();
    }
    auto const found = ended(2, at_place({"check", "--full"}));
    BOOST_TEST(has(found, "server one, report 3 cannot be read: "), found);
    auto const shown = ended(1, at_place({"outputs", "--last", "100"}));
    BOOST_TEST(has(shown, "error: of server one, report 3: "), shown);
    BOOST_TEST(!has(shown, "output 3 of one"), shown);
    BOOST_TEST(has(shown, "output 1 of one"), shown);
    BOOST_TEST(has(shown, "output 20 of two"), shown);
    ended(0, backup_line());
    BOOST_TEST(
        has(ended(1, restore_line({"--yes"})), "is damaged, 1 fault: server one, report 3 "));
    auto const elsewhere = (directory.path() / "elsewhere").string();
    auto const restored = ended(0, {"restore", "--data", elsewhere, backup});
    BOOST_TEST(has(restored, "warning: it was damaged, and so is what is kept now"), restored);
    serve();
    BOOST_TEST(send("one") == good);
    stop();
}

TRAFIKITO_STORE_TEST_CASE(a_backup_is_made_where_there_are_no_hard_links) {
    fill();
    stop();
    auto const line = backup_line();
    auto const code = test::forked([&] {
        test::forbid_calls(test::hard_link_calls(), EPERM);
        auto const made = test::run_server(line);
        std::cerr << (made.status == 0 ? "" : made.output);
        return made.status;
    });
    BOOST_REQUIRE(code == 0);
    BOOST_TEST(beside_backup() == "backup ");
    auto const before = all_outputs(at_place({}));
    auto const elsewhere = (directory.path() / "elsewhere").string();
    ended(0, {"restore", "--data", elsewhere, backup});
    BOOST_TEST(all_outputs({"--data", elsewhere}) == before);
}

TRAFIKITO_STORE_TEST_CASE(a_database_of_the_first_version_in_the_field_is_restored) {
    {
        server::database::sqlite old(backup, server::store::access::read_write);
        test::make_old_database(old, 2);
        old.run_script("PRAGMA journal_mode = DELETE");
    }
    auto const bytes = test::read_file(backup);
    ended(0, restore_line());
    BOOST_TEST(test::read_file(backup) == bytes);
    BOOST_TEST(beside_backup() == "backup ");
    serve();
    add_server("one");
    BOOST_TEST(test::eventually([&] { return send("one") == good; }));
    stop();
}

TRAFIKITO_STORE_TEST_CASE(a_copy_takes_the_identity_with_it_and_follows_what_comes) {
    fill();
    auto const copy = directory.path() / "copy";
    auto const there_and_back = words{"copy", "--from", place(), "--to", copy};
    ended(0, there_and_back);
    BOOST_TEST(send("one") == good);
    auto const again = ended(0, there_and_back);
    BOOST_TEST(has(again, "copied 2 servers and 21 reports ("), again);
    BOOST_TEST(has(ended(0, there_and_back), ", 0 rows of which were not there yet"));
    BOOST_TEST(all_outputs({"--data", copy}) == all_outputs(at_place({})));
    for (auto const* const name : {"user_api_key", "ca.key", "ca.pem", "server.key"}) {
        BOOST_TEST(test::read_file(copy / name) == test::read_file(data / name), name);
    }
    auto const same = ended(1, {"copy", "--from", copy, "--to", place()});
    BOOST_TEST((has(same, "a server uses") || has(same, "a trafikito-server serves")), same);
    stop();
    BOOST_TEST(has(ended(1, {"copy", "--from", copy, "--to", place()}), "something of its own"));
}

TRAFIKITO_STORE_TEST_CASE(a_copy_that_is_killed_anywhere_goes_on_with_the_next_run) {
    fill();
    auto const copy = directory.path() / "copy";
    for (int round = 0; round < 6; ++round) {
        test::child killed({"copy", "--from", place(), "--to", copy});
        // As far as it came: what it does is not seen from here, but for its first file.
        test::eventually([&] { return fs::exists(copy / "trafikito.db"); });
        BOOST_TEST(send(round % 2 == 0 ? "one" : "two") == good);
        killed.signal(SIGKILL);
        killed.wait();
    }
    ended(0, {"copy", "--from", place(), "--to", copy});
    BOOST_TEST(all_outputs({"--data", copy}) == all_outputs(at_place({})));
    stop();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
