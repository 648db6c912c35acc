// The server is killed again and again while reports come, and its database restarted. Whatever was
// answered OK must be there, once, as it was sent.
#include "test/bench/server_load.hpp"

#include "net/api/report.hpp"
#include "server/store/open_store.hpp"
#include "server/store/store.hpp"
#include "test/bench/waiting.hpp"

#include <map>
#include <random>
#include <set>
#include <thread>

namespace trafikito::test::bench {

namespace {

constexpr std::size_t machines = 2000;
constexpr double rate = 200;

struct accepted_report {
    std::size_t machine;
    std::size_t variant;
};
using accepted_reports = std::map<std::string, accepted_report>; ///< by id

struct comparison {
    std::size_t found = 0;
    std::size_t missing = 0;
    std::size_t twice = 0;
    std::size_t changed = 0;
};

std::string text_of(server::store::store& kept, server::store::report_row const& row) {
    std::string text;
    for (auto const& one : kept.outputs(row)) {
        text += one.command + '\n' + one.bytes;
    }
    return text;
}

comparison compare(server::store::store& kept, accepted_reports const& all,
                   report_texts const& texts) {
    comparison result;
    std::vector<std::string> wanted;
    for (std::size_t i = 0; i < texts.variants(); ++i) {
        std::string text;
        auto const report = net::api::parse_report(texts.output_of(i));
        for (auto const& one : report.sections) {
            text += one.name + '\n';
            text += one.output;
        }
        wanted.push_back(std::move(text));
    }
    std::set<std::string> seen;
    std::set<std::size_t> those;
    for (auto const& [id, one] : all) {
        those.insert(one.machine);
    }
    for (auto const machine : those) {
        for (auto const& row : kept.last_reports(load_id(machine), 1'000'000)) {
            auto const of = all.find(row.report_id);
            if (of == all.end()) {
                continue; // stored, and the answer was lost
            }
            result.twice += seen.insert(row.report_id).second ? 0 : 1;
            result.changed +=
                of->second.machine == machine && text_of(kept, row) == wanted[of->second.variant]
                    ? 0
                    : 1;
        }
    }
    result.found = seen.size();
    result.missing = all.size() - seen.size();
    return result;
}

} // namespace

bool load_and_kill(load_options const& options, std::filesystem::path const& directory,
                   load_findings& found) {
    load_stage stage(options, directory, machines, {"--min-interval", "0s"});
    auto& target = *stage.target;
    accepted_reports all;
    stage.fleet->on_accepted([&](std::size_t machine, std::size_t variant, std::uint64_t number) {
        all[load_uuid(number)] = {machine, variant};
    });
    std::mt19937 random{1}; // NOLINT: the same each time
    std::size_t again = 0;
    for (std::size_t i = 0; i < options.kills; ++i) {
        auto const after = std::chrono::milliseconds(300 + random() % 1200);
        bool const database = target.database() != nullptr && i % 5 == 4;
        std::thread killer([&] {
            std::this_thread::sleep_for(after);
            database ? target.database()->crash() : target.kill(i % target.processes());
        });
        load_plan const plan{.rate = rate, .time = std::chrono::milliseconds(1600)};
        stage.fleet->run(plan);
        killer.join();
        database ? target.database()->start() : target.start(i % target.processes());
        again += stage.fleet->send_again();
    }
    wait_for("the last reports", [&] { return stage.fleet->send_again() == 0; });
    target.stop();
    constexpr auto reading = server::database::access::read_only;
    server::store::store kept(server::store::open_engine(target.database_address(), reading),
                              reading, [] { return std::chrono::system_clock::now(); });
    auto const result = compare(kept, all, stage.texts);
    found.say(std::string(options.postgres ? "PostgreSQL" : "SQLite") + ", killed " +
              std::to_string(options.kills) + " times" +
              (options.postgres ? ", each fifth time the database" : "") + ": " +
              std::to_string(all.size()) + " reports were answered OK, " + std::to_string(again) +
              " were sent again because nobody had answered; found " +
              std::to_string(result.found) + ", missing " + std::to_string(result.missing) +
              ", twice " + std::to_string(result.twice) + ", otherwise than sent " +
              std::to_string(result.changed) + '.');
    return result.missing + result.twice + result.changed == 0;
}

} // namespace trafikito::test::bench
