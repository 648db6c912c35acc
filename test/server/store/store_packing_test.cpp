// Reports that become blocks: nothing is lost, doubled or moved, however it ends.
#include "server/store/packer.hpp"

#include "net/api/report.hpp"
#include "server/store/store_check.hpp"
#include "test/exec/forked.hpp"
#include "test/server/store/store_fixture.hpp"
#include "test/support/eventually.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
namespace kept = trafikito::server::store;

struct fixture : test::store_fixture {
    /// Bytes of all values, different for each.
    static std::string output_of(int number, std::size_t size = 3000) {
        std::string text = "output " + std::to_string(number) + '\n';
        for (std::size_t at = 0; text.size() < size; ++at) {
            text += static_cast<char>((at * at + static_cast<std::size_t>(number)) & 0xFFU);
        }
        return text;
    }
    static std::int64_t add(kept::store& to, std::string_view server, int number,
                            kept::report_facts facts = {}, std::size_t size = 3000) {
        auto const first = output_of(number, size);
        auto const second = std::to_string(number);
        facts.results = "[]";
        return to
            .add_report(
                server,
                {{{"trafikito_x", first}, {"trafikito_y", second}, {"trafikito_x", ""}}, {}}, facts)
            .value()
            .number;
    }
    static kept::report_facts known_by(std::string_view id, std::string_view token) {
        kept::report_facts facts;
        facts.report_id = id;
        facts.token = token;
        return facts;
    }
    static bool pack(kept::store& to, kept::store& from, std::string_view server) {
        kept::unreadable_reports left_out;
        auto const one = from.pack_oldest(server, left_out);
        return one && to.replace_by_block(*one);
    }
    kept::store open_with_servers() {
        auto store = open();
        store.add_server("s", "s", server::security::sha256("s"));
        store.add_server("t", "t", server::security::sha256("t"));
        return store;
    }
    static std::size_t count(server::database::sqlite& raw, std::string_view sql) {
        auto query = raw.prepare(sql);
        query.step();
        return static_cast<std::size_t>(query.number_at(0));
    }
    std::size_t blocks() const {
        server::database::sqlite raw(file, kept::access::read_only);
        return count(raw, "SELECT count(*) FROM blocks");
    }
    std::size_t fresh() const {
        server::database::sqlite raw(file, kept::access::read_only);
        return count(raw, "SELECT count(*) FROM reports");
    }
};

struct content {
    std::int64_t id;
    base::wall_time received;
    std::optional<base::wall_time> collected;
    std::string report_id;
    std::vector<std::pair<std::string, std::string>> outputs;
    std::string results;
    friend bool operator==(content const&, content const&) = default;
};

std::vector<content> all_of(kept::store& from, std::string_view server) {
    std::vector<content> all;
    for (auto const& row : from.last_reports(server, 100'000)) {
        content one{row.id, row.received, row.collected, row.report_id, {}, from.results(row)};
        for (auto& output : from.outputs(row)) {
            one.outputs.emplace_back(std::move(output.command), std::move(output.bytes));
        }
        all.push_back(std::move(one));
    }
    return all;
}

BOOST_FIXTURE_TEST_SUITE(store_packing, fixture)

BOOST_AUTO_TEST_CASE(what_is_packed_reads_as_it_came_and_where_it_was) {
    auto store = open_with_servers();
    for (int number = 0; number < 130; ++number) {
        now += 1min;
        auto const id = "id-" + std::to_string(number);
        auto const token = "token-" + std::to_string(number);
        kept::report_facts facts;
        facts.took = number;
        if (number % 3 == 0) {
            facts.report_id = id;
        }
        if (number % 2 == 0) {
            facts.token = token;
        }
        if (number % 10 == 7) {
            facts.collected = now - 45min;
        }
        add(store, number % 5 == 0 ? "t" : "s", number, facts);
    }
    auto const before = all_of(store, "s");
    auto const others = all_of(store, "t");
    auto const after_50 = store.reports_after(50);
    auto from = open(kept::access::read_only);
    while (pack(store, from, "s")) {
        BOOST_TEST((all_of(store, "s") == before));
        BOOST_TEST((all_of(from, "s") == before));
    }
    BOOST_TEST(blocks() == 2U);
    BOOST_TEST(fresh() == others.size());
    BOOST_TEST((all_of(store, "t") == others));
    BOOST_TEST(store.count_reports("s") == static_cast<std::int64_t>(before.size()));
    BOOST_TEST(store.last_report_id() == 130);
    auto const again = store.reports_after(50);
    BOOST_TEST(
        std::ranges::equal(again, after_50, {}, &kept::report_row::id, &kept::report_row::id));
    BOOST_TEST(from.verify(1h).faults.empty());
}

BOOST_AUTO_TEST_CASE(a_report_that_was_packed_is_known_all_the_same) {
    auto store = open_with_servers();
    add(store, "s", 1, known_by("id", ""));
    add(store, "s", 2, known_by("", "token"));
    BOOST_REQUIRE(pack(store, store, "s"));
    auto const comes_again = [&](kept::report_facts const& facts) {
        return store.add_report("s", {{{"trafikito_x", "x"}}, {}}, facts).has_value();
    };
    BOOST_TEST(!comes_again(known_by("id", "")));
    BOOST_TEST(!comes_again(known_by("", "token")));
    BOOST_TEST(comes_again(known_by("another", "")));
}

BOOST_AUTO_TEST_CASE(what_a_server_keeps_is_counted_as_it_lies) {
    auto store = open_with_servers();
    for (int number = 0; number < 64; ++number) {
        std::string const same(3000, 'x');
        store.add_report("s", {{{"trafikito_x", same}}, {}});
    }
    auto const raw = store.find_server("s").value().kept_bytes;
    BOOST_REQUIRE(pack(store, store, "s"));
    auto const packed = store.find_server("s").value().kept_bytes;
    BOOST_TEST(packed > 0);
    BOOST_TEST(packed * 20 < raw);
    BOOST_TEST(store.verify(1h).faults.empty());
}

BOOST_AUTO_TEST_CASE(what_does_not_shrink_is_packed_and_hardly_grows) {
    auto store = open_with_servers();
    std::string bytes(1'000'000, '\0');
    std::uint32_t state = 1;
    for (auto& one : bytes) {
        state = state * 1664525U + 1013904223U;
        one = static_cast<char>(state >> 24U);
    }
    for (int number = 0; number < 4; ++number) {
        store.add_report("s", {{{"trafikito_x", bytes}}, {}});
    }
    auto const raw = store.find_server("s").value().kept_bytes;
    while (pack(store, store, "s")) {
    }
    BOOST_TEST(fresh() == 0U);
    BOOST_TEST(blocks() >= 2U); // none of more than two MiB
    BOOST_TEST(store.find_server("s").value().kept_bytes < raw + raw / 50);
    for (auto const& row : store.last_reports("s", 9)) {
        BOOST_TEST((store.outputs(row).at(0).bytes == bytes));
    }
}

BOOST_AUTO_TEST_CASE(a_report_larger_than_a_block_is_one) {
    auto store = open_with_servers();
    add(store, "s", 1);
    add(store, "s", 2, {}, 15'000'000);
    add(store, "s", 3);
    auto const before = all_of(store, "s");
    while (pack(store, store, "s")) {
    }
    BOOST_TEST(fresh() == 0U);
    BOOST_TEST((all_of(store, "s") == before));
}

BOOST_AUTO_TEST_CASE(a_block_of_reports_that_are_not_as_they_were_is_not_put_in_place) {
    auto store = open_with_servers();
    for (int number = 0; number < 3; ++number) {
        add(store, "s", number);
    }
    kept::unreadable_reports none;
    auto const block = store.pack_oldest("s", none).value();
    auto const before = all_of(store, "s");
    {
        server::database::sqlite raw(file, kept::access::read_write);
        raw.run_script("DELETE FROM reports WHERE id = 2");
    }
    BOOST_TEST(!store.replace_by_block(block));
    BOOST_TEST(all_of(store, "s").size() == 2U);
    BOOST_TEST(blocks() == 0U);
    auto const rest = store.pack_oldest("s", none).value();
    BOOST_TEST(store.replace_by_block(rest));
    BOOST_TEST(!store.replace_by_block(rest)); // the same again, by another process
    BOOST_TEST(blocks() == 1U);
    BOOST_TEST(all_of(store, "s").size() == 2U);
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_read_stays_and_the_others_are_packed) {
    auto store = open_with_servers();
    for (int number = 0; number < 5; ++number) {
        add(store, "s", number);
    }
    server::database::sqlite raw(file, kept::access::read_write);
    raw.run_script("UPDATE reports SET body = x'07' WHERE id = 3");
    kept::unreadable_reports left_out;
    auto const block = store.pack_oldest("s", left_out).value();
    BOOST_TEST(block.reports.size() == 4U);
    BOOST_TEST((left_out.numbers == std::set<std::int64_t>{3}));
    BOOST_TEST(left_out.fault.find("report 3 of server s") != std::string::npos);
    BOOST_TEST(store.replace_by_block(block));
    BOOST_TEST(!store.pack_oldest("s", left_out).has_value());
    BOOST_TEST(count(raw, "SELECT count(*) FROM reports") == 1U);
}

BOOST_AUTO_TEST_CASE(many_are_packed_at_once_and_few_when_they_are_old) {
    auto store = open_with_servers();
    for (int number = 0; number < 60; ++number) {
        now += 30s;
        add(store, "s", number);
    }
    add(store, "t", 1);
    auto const to_pack = [&] { return store.servers_to_pack(store.first_young_report(), {}); };
    BOOST_TEST((to_pack() == std::vector<std::string>{"s"}));
    now += 31min;
    BOOST_TEST((to_pack() == std::vector<std::string>{"s"}));
    now += 30min;
    BOOST_TEST((to_pack() == std::vector<std::string>{"s", "t"}));
    BOOST_REQUIRE(pack(store, store, "t"));
    BOOST_TEST((to_pack() == std::vector<std::string>{"s"}));
    now -= 24h * 365; // what came before is no reason to wait for a year
    add(store, "t", 2);
    BOOST_REQUIRE(pack(store, store, "s"));
    BOOST_TEST(to_pack().empty());
}

BOOST_AUTO_TEST_CASE(the_packer_packs_beside_the_store_and_ends_at_once) {
    auto store = open_with_servers();
    for (int number = 0; number < 200; ++number) {
        add(store, number % 2 == 0 ? "s" : "t", number);
    }
    auto const before = all_of(store, "s");
    boost::asio::io_context serving;
    {
        kept::store_thread writing(serving.get_executor(), store);
        kept::packer packing(
            writing,
            [&] {
                return std::make_unique<kept::store>(file, kept::access::read_only,
                                                     [at = now] { return at; });
            },
            20ms);
        BOOST_TEST(test::eventually([&] { return fresh() < 120U; }));
        BOOST_TEST(packing.fault() == "");
        BOOST_TEST(packing.stop(10s));
        BOOST_TEST(writing.stop(10s));
    }
    auto after = open(); // the other one is stopped
    BOOST_TEST((all_of(after, "s") == before));
    BOOST_TEST(after.verify(1h).faults.empty());
}

BOOST_AUTO_TEST_CASE(a_damaged_block_says_so_and_hides_no_other) {
    auto store = open_with_servers();
    for (int number = 0; number < 192; ++number) {
        now += 1min;
        add(store, "s", number);
    }
    while (pack(store, store, "s")) {
    }
    add(store, "s", 192);
    server::database::sqlite raw(file, kept::access::read_write);
    raw.run_script("UPDATE blocks SET body = zeroblob(length(body)) WHERE id = 2");
    auto const rows = store.last_reports("s", 1000);
    BOOST_TEST(rows.size() == 130U); // 64, one for the damaged, 64, one that is not packed
    int unreadable = 0;
    for (auto const& row : rows) {
        try {
            auto const outputs = store.outputs(row);
            BOOST_TEST(outputs.at(1).bytes == std::to_string(row.id - 1));
        } catch (kept::store_damaged const& damaged) {
            BOOST_TEST(std::string(damaged.what()).find("block 2") != std::string::npos);
            ++unreadable;
        }
    }
    BOOST_TEST(unreadable == 1);
    auto const found = store.verify(1h);
    BOOST_REQUIRE(found.faults.size() == 1U);
    BOOST_TEST(found.faults.front().find("server s, block 2 (reports 65 to 128)") !=
               std::string::npos);
    BOOST_TEST(found.reports == 129);
}

BOOST_AUTO_TEST_CASE(what_does_not_agree_is_found) {
    auto store = open_with_servers();
    add(store, "s", 1, known_by("id", ""));
    BOOST_REQUIRE(pack(store, store, "s"));
    add(store, "t", 2, known_by("another", ""));
    auto const first_fault_after = [&](char const* change) {
        server::database::sqlite raw(file, kept::access::read_write);
        raw.run_script(change);
        auto const faults = store.verify(1h).faults;
        return faults.empty() ? std::string() : faults.front();
    };
    auto const says = [&](char const* change, char const* words) {
        auto const first = first_fault_after(change);
        BOOST_TEST(first.find(words) != std::string::npos, first);
    };
    BOOST_TEST(first_fault_after("") == "");
    says("UPDATE servers SET kept_bytes = kept_bytes + 1 WHERE id = 's'", "is said to keep");
    says("UPDATE servers SET kept_bytes = kept_bytes - 1 WHERE id = 's'; UPDATE blocks SET reports "
         "= 2",
         "should hold 2");
    says("UPDATE blocks SET reports = 1, last_id = 5", "other reports than its row says");
    says("UPDATE blocks SET last_id = 1; DELETE FROM report_keys", "is not noted");
}

// The kernel kills the process at the very write that would make a file of its larger than that: of
// the log, at each of its pages, of the database, when the log is moved into it.
BOOST_AUTO_TEST_CASE(killed_anywhere_nothing_is_lost_and_nothing_is_there_twice) {
    std::vector<content> before;
    {
        auto store = open_with_servers();
        for (int number = 0; number < 150; ++number) {
            now += 1min;
            add(store, "s", number);
        }
        before = all_of(store, "s");
    }
    auto const copy = file.string() + ".before";
    std::filesystem::copy_file(file, copy);
    int killed = 0;
    for (rlim_t limit = 64UL * 1024; limit <= 1024UL * 1024; limit += 44UL * 1024) {
        for (char const* end : {"-wal", "-shm"}) {
            std::filesystem::remove(file.string() + end);
        }
        std::filesystem::copy_file(copy, file, std::filesystem::copy_options::overwrite_existing);
        int const ended = test::forked([&] {
            auto store = open();
            rlimit const bound{limit, limit};
            ::setrlimit(RLIMIT_FSIZE, &bound);
            std::signal(SIGXFSZ, SIG_DFL);
            rlimit const no_core{0, 0};
            ::setrlimit(RLIMIT_CORE, &no_core);
            while (pack(store, store, "s") || store.tidy()) {
            }
            return 0;
        });
        killed += ended == 0 ? 0 : 1;
        auto store = open();
        BOOST_TEST_CONTEXT("at " << limit << " bytes") {
            BOOST_TEST((all_of(store, "s") == before));
            BOOST_TEST(store.verify(1h).faults.empty());
        }
    }
    BOOST_TEST(killed > 3);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
