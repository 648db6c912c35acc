// The built trafikito-server under load: killed in the middle of it, and asked for the same thing
// by two connections at once.
#include "test/server/child.hpp"

#include "server/store/open_store.hpp"
#include "server/store/store.hpp"
#include "server/store/store_check.hpp"
#include "test/server/http/tls_client.hpp"
#include "test/server/store/store_fixture.hpp"
#include "test/support/eventually.hpp"
#include "test/support/postgres_cluster.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace trafikito;

std::string id_of(int machine, int number) {
    auto digits = std::to_string(1'000'000 + number);
    return "0000000" + std::to_string(machine) + "-0000-4000-8000-00000" + digits;
}

// What a report of that id holds: long enough to be several pages, different for each.
std::string output_of(std::string const& id) {
    std::string text;
    while (text.size() < 20'000) {
        text += id + '\n';
    }
    return text;
}

std::string request_of(int machine, std::string const& id) {
    auto const field = [](std::string const& name, std::string const& value) {
        return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value +
               "\r\n";
    };
    auto const server = "srv-" + std::to_string(machine);
    auto const body =
        field("serverId", server) + field("serverApiKey", "key of " + server) +
        field("output", "*-*-*-*------------ Trafikito command: trafikito_x\n" + output_of(id)) +
        "--b--\r\n";
    return "POST /v2/agent/save_output HTTP/1.1\r\nHost: h\r\nContent-Type: multipart/form-data; "
           "boundary=b\r\n"
           "Trafikito-Report-Id: " +
           id + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct fixture : test::store_place {
    static constexpr int machines = 4;

    fixture() : before_(std::signal(SIGPIPE, SIG_IGN)) {} // what is written to a server that died
    ~fixture() { std::signal(SIGPIPE, before_); }
    fixture(fixture const&) = delete;
    fixture& operator=(fixture const&) = delete;

    std::filesystem::path data = directory.path() / "data";
    std::filesystem::path port_file = directory.path() / "port";
    std::unique_ptr<test::child> serving;

    void serve() {
        std::filesystem::remove(port_file);
        std::vector<std::string> arguments{"serve",       "--data",      data,     "--listen",
                                           "127.0.0.1:0", "--port-file", port_file};
        if (engine == test::engine_kind::postgres) {
            arguments.insert(arguments.end(), {"--database", where});
        }
        serving = std::make_unique<test::child>(arguments);
        BOOST_REQUIRE(test::eventually([&] { return std::filesystem::exists(port_file); }));
    }
    void add_machines() const {
        auto to = store();
        for (int machine = 0; machine < machines; ++machine) {
            auto const id = "srv-" + std::to_string(machine);
            BOOST_REQUIRE(to.add_server(id, id, server::security::sha256("key of " + id)));
        }
    }
    server::store::store store() const {
        return {server::store::open_engine(engine == test::engine_kind::postgres
                                               ? where
                                               : (data / "trafikito.db").string(),
                                           server::store::access::read_write),
                server::store::access::read_write, [] { return std::chrono::system_clock::now(); }};
    }
    std::int64_t blocks() const {
        auto const opened = server::store::open_engine(
            engine == test::engine_kind::postgres ? where : (data / "trafikito.db").string(),
            server::store::access::read_only);
        auto query = opened->connection().prepare("SELECT count(*) FROM blocks");
        query.step();
        return query.number_at(0);
    }
    std::unique_ptr<test::tls_client> connect() const {
        auto const port = static_cast<unsigned short>(std::stoi(test::read_file(port_file)));
        return std::make_unique<test::tls_client>(port, data / "ca.pem", "localhost");
    }
    // The outputs that are stored, by the id of their report; each id once.
    std::set<std::string> stored_whole(int machine) const {
        std::set<std::string> ids;
        auto from = store();
        for (auto const& each : from.last_reports("srv-" + std::to_string(machine), 1000)) {
            BOOST_TEST(ids.insert(each.report_id).second, each.report_id << " twice");
            auto const outputs = from.outputs(each);
            bool const whole = outputs.size() == 1 && outputs[0].bytes == output_of(each.report_id);
            BOOST_TEST(whole, each.report_id << " is not whole");
        }
        return ids;
    }

private:
    void (*before_)(int);
};

bool accepted(std::string const& answer) {
    return answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("OK");
}

BOOST_FIXTURE_TEST_SUITE(durability, fixture)

TRAFIKITO_STORE_TEST_CASE(what_was_answered_ok_outlives_a_kill_in_the_middle_of_writing) {
    serve();
    add_machines();
    std::array<std::set<std::string>, machines> promised;
    for (int round = 0; round < 3; ++round) {
        std::atomic<int> answered = 0;
        std::vector<std::thread> senders;
        for (int machine = 0; machine < machines; ++machine) {
            senders.emplace_back([&, machine] {
                auto const client = connect();
                // Never as many as the rate allows: only the kill ends it.
                for (int number = round * 1000; number < round * 1000 + 100; ++number) {
                    auto const id = id_of(machine, number);
                    if (!client->send(request_of(machine, id)) || !accepted(client->receive())) {
                        break;
                    }
                    promised.at(static_cast<std::size_t>(machine)).insert(id);
                    ++answered;
                }
            });
        }
        bool const under_load = test::eventually([&] { return answered >= 20 + 7 * round; });
        serving->signal(SIGKILL);
        for (auto& each : senders) {
            each.join();
        }
        BOOST_TEST(under_load);
        BOOST_TEST(answered < machines * 100);
        BOOST_TEST(serving->wait() == -1);
        serve();
        for (int machine = 0; machine < machines; ++machine) {
            auto const& expected = promised.at(static_cast<std::size_t>(machine));
            auto const found = stored_whole(machine);
            BOOST_TEST(std::ranges::includes(found, expected));
            // Between the commit and the answer there may be one, which comes again.
            BOOST_TEST(found.size() <= expected.size() + 1 + static_cast<std::size_t>(round));
        }
    }
    // What an agent that heard no answer does: once more, and it is there once.
    auto const last = id_of(0, 2099);
    auto const client = connect();
    for (auto const& id : {*promised[0].begin(), last, last}) {
        client->send(request_of(0, id));
        BOOST_TEST(accepted(client->receive()));
    }
    BOOST_TEST(stored_whole(0).contains(last));
}

// A server packs when it begins, while more come.
TRAFIKITO_STORE_TEST_CASE(what_is_being_packed_outlives_a_kill_as_well) {
    serve();
    add_machines();
    std::int64_t before = 0;
    std::array<std::set<std::string>, machines> promised;
    for (int round = 0; round < 4; ++round) {
        std::vector<std::thread> senders;
        for (int machine = 0; machine < machines; ++machine) {
            senders.emplace_back([&, machine] {
                auto const client = connect();
                for (int number = round * 1000; number < round * 1000 + 100; ++number) {
                    auto const id = id_of(machine, number);
                    if (!client->send(request_of(machine, id)) || !accepted(client->receive())) {
                        break;
                    }
                    promised.at(static_cast<std::size_t>(machine)).insert(id);
                }
            });
        }
        if (round % 2 == 0) { // so that there is something to pack in the next one
            for (auto& each : senders) {
                each.join();
            }
            senders.clear();
        } else {
            BOOST_TEST(test::eventually([&] { return blocks() > before; }));
        }
        serving->signal(SIGKILL);
        for (auto& each : senders) {
            each.join();
        }
        BOOST_TEST(serving->wait() == -1);
        before = blocks();
        serve();
        for (int machine = 0; machine < machines; ++machine) {
            auto const& expected = promised.at(static_cast<std::size_t>(machine));
            BOOST_TEST(std::ranges::includes(stored_whole(machine), expected));
        }
    }
    serving->signal(SIGTERM);
    BOOST_TEST(serving->wait() == 0);
    auto const found = store().verify(std::chrono::hours(1));
    BOOST_TEST(found.faults.empty(), (found.faults.empty() ? "" : found.faults.front()));
}

TRAFIKITO_STORE_TEST_CASE(of_a_report_that_comes_on_two_connections_at_once_one_is_stored) {
    serve();
    add_machines();
    constexpr int reports = 30;
    std::atomic<int> good = 0;
    auto const send_all = [&] {
        auto const client = connect();
        for (int number = 0; number < reports; ++number) {
            client->send(request_of(1, id_of(1, number)));
            good += accepted(client->receive()) ? 1 : 0;
        }
    };
    std::thread first(send_all);
    std::thread second(send_all);
    first.join();
    second.join();
    BOOST_TEST(good == 2 * reports);
    BOOST_TEST(stored_whole(1).size() == static_cast<std::size_t>(reports));
}

struct postgres_fixture : test::engine_of_case, fixture {
    postgres_fixture() : engine_of_case(test::engine_kind::postgres) {}

    /// As an agent does: until it hears OK, and not so often that it is told to be slower.
    bool send_until_accepted(int machine, std::string const& id) const {
        static constexpr std::chrono::milliseconds pause{300};
        return test::eventually([&] {
            auto const client = connect();
            bool const good = client->send(request_of(machine, id)) && accepted(client->receive());
            if (!good) {
                std::this_thread::sleep_for(pause);
            }
            return good;
        });
    }
};

/// Two that serve the same fleet, as behind a balancer.
struct two_servers : postgres_fixture {
    std::filesystem::path other_port_file = directory.path() / "other port";
    std::unique_ptr<test::child> other;

    void serve_both() {
        serve();
        other = std::make_unique<test::child>(std::vector<std::string>{
            "serve", "--data", directory.path() / "other data", "--listen", "127.0.0.1:0",
            "--port-file", other_port_file, "--database", where});
        BOOST_REQUIRE(test::eventually([&] { return std::filesystem::exists(other_port_file); }));
    }
    /// By one of both; with the same authority.
    bool send(int machine, std::string const& id, bool to_other) const {
        auto const& at = to_other ? other_port_file : port_file;
        test::tls_client client(static_cast<unsigned short>(std::stoi(test::read_file(at))),
                                data / "ca.pem", "localhost");
        return client.send(request_of(machine, id)) && accepted(client.receive());
    }
};

BOOST_FIXTURE_TEST_CASE(of_two_that_serve_one_is_killed_and_the_other_goes_on, two_servers,
                        *boost::unit_test::precondition(test::with_postgres())) {
    serve_both();
    add_machines();
    constexpr int reports = 40;
    std::atomic<int> sent = 0;
    std::atomic<int> lost = 0;
    std::vector<std::thread> senders;
    for (int machine = 0; machine < machines; ++machine) {
        senders.emplace_back([&, machine] {
            bool to_other = machine % 2 == 0;
            for (int number = 0; number < reports; ++number, ++sent) {
                lost += test::eventually([&] {
                    to_other = !to_other;
                    return send(machine, id_of(machine, number), to_other);
                })
                            ? 0
                            : 1;
            }
        });
    }
    BOOST_TEST(test::eventually([&] { return sent >= reports; }));
    serving->signal(SIGKILL); // it may be the one that keeps house
    for (auto& each : senders) {
        each.join();
    }
    BOOST_TEST(lost == 0);
    for (int machine = 0; machine < machines; ++machine) {
        BOOST_TEST(stored_whole(machine).size() == static_cast<std::size_t>(reports));
    }
}

BOOST_FIXTURE_TEST_CASE(of_what_was_answered_ok_nothing_is_lost_when_postgresql_crashes,
                        postgres_fixture, *boost::unit_test::precondition(test::with_postgres())) {
    serve();
    add_machines();
    constexpr int reports = 60;
    std::atomic<int> sent = 0;
    std::atomic<int> refused = 0;
    std::vector<std::thread> senders;
    for (int machine = 0; machine < machines; ++machine) {
        senders.emplace_back([&, machine] {
            for (int number = 0; number < reports; ++number, ++sent) {
                refused += send_until_accepted(machine, id_of(machine, number)) ? 0 : 1;
            }
        });
    }
    for (int round = 1; round <= 3; ++round) {
        BOOST_TEST(test::eventually([&] { return sent >= round * reports / 2; }));
        test::postgres_cluster::shared().crash();
        test::postgres_cluster::shared().start();
    }
    for (auto& each : senders) {
        each.join();
    }
    BOOST_TEST(refused == 0);
    for (int machine = 0; machine < machines; ++machine) {
        BOOST_TEST(stored_whole(machine).size() == static_cast<std::size_t>(reports));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
