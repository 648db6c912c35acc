// The store on a disk that fills up, or cannot be written: a small file system of its own, in a
// mount namespace that ends with the process. As root only.
#include "server/store/store.hpp"

#include "net/api/report.hpp"
#include "server/store/sqlite_upgrade.hpp"
#include "server/store/store_check.hpp"
#include "test/exec/forked.hpp"
#include "test/server/child.hpp"
#include "test/server/store/old_database.hpp"
#include "test/support/contains.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iostream>
#include <sched.h>
#include <string>
#include <sys/mount.h>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
using server::store::access;

constexpr std::uintmax_t mebibyte = 1024UL * 1024;

struct fixture {
    test::temporary_directory directory;
    base::wall_time now{std::chrono::seconds(1'800'000'000)};
    std::string output = std::string(200'000, 'x');

    bool mount(char const* options) const {
        return ::unshare(CLONE_NEWNS) == 0 &&
               ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               ::mount("none", directory.path().c_str(), "tmpfs", 0, options) == 0;
    }
    /// In a process and with a disk of its own; `check` returns 0, or which of its steps failed.
    void on_a_disk(char const* options, std::function<int()> const& check) const {
        if (!test::root_for("a disk of its own")) {
            return;
        }
        auto const code = test::forked([&] { return mount(options) ? check() : 255; });
        BOOST_TEST(code == 0);
    }
    server::store::store open() {
        server::store::store store(
            directory.path() / "trafikito.db", server::store::access::read_write,
            [this] { return now; }, {.keep = 1h},
            [this] {
                return std::chrono::duration_cast<std::chrono::milliseconds>(
                    now.time_since_epoch());
            });
        store.hold_reserve();
        return store;
    }
    /// As another process has it.
    server::store::store beside() {
        return {directory.path() / "trafikito.db", access::read_write, [this] { return now; }};
    }
    /// Somebody else's file takes what is left, to the last byte.
    void take_the_rest() const {
        std::ofstream file(directory.path() / "filler", std::ios::binary | std::ios::app);
        for (std::size_t size = mebibyte; size != 0; size /= 2) {
            std::string const bytes(size, 'f');
            while (file.write(bytes.data(), static_cast<std::streamsize>(size)).flush()) {
            }
            file.clear();
        }
    }
    bool add(server::store::store& to) {
        try {
            return to.add_report("s", {{{"trafikito_x", output}}, {}}).has_value();
        } catch (server::store::store_error const&) {
            return false;
        }
    }
    // Until it refuses for good: emptying the log leaves a little room once or twice.
    int fill(server::store::store& to) {
        int stored = 0;
        for (int refused = 0; refused < 3 && stored < 1000;) {
            bool const good = add(to);
            stored += good ? 1 : 0;
            refused = good ? 0 : refused + 1;
        }
        return stored;
    }
};

BOOST_FIXTURE_TEST_SUITE(store_full_disk, fixture)

BOOST_AUTO_TEST_CASE(room_that_old_reports_leave_is_used_again_on_a_disk_that_stays_full) {
    on_a_disk("size=20m", [&] {
        auto store = open();
        store.add_server("s", "s", server::security::sha256("1"));
        auto const first = fill(store);
        if (first < 10 || first > 100 || add(store)) {
            return 3;
        }
        for (int day = 0; day < 3; ++day) {
            now += 2h; // all that is there may go
            if (auto const again = fill(store); again < first * 2 / 3) {
                std::cerr << "first " << first << ", on day " << day << ' ' << again << '\n';
                return 4;
            }
        }
        return 0;
    });
}

BOOST_AUTO_TEST_CASE(what_was_accepted_before_is_there_when_there_is_room_again) {
    on_a_disk("size=20m", [&] {
        int stored = 0;
        {
            auto store = open();
            store.add_server("s", "s", server::security::sha256("1"));
            stored = fill(store);
            if (store.last_reports("s", 1000).size() != static_cast<std::size_t>(stored)) {
                return 3;
            }
        }
        if (::mount("none", directory.path().c_str(), "tmpfs", MS_REMOUNT, "size=40m") != 0) {
            return 4;
        }
        auto store = open();
        for (auto const& each : store.last_reports("s", 1000)) {
            if (store.outputs(each).at(0).bytes != output) {
                return 5;
            }
        }
        return fill(store) > 10 && std::filesystem::exists(directory.path() / "reserve") ? 0 : 6;
    });
}

BOOST_AUTO_TEST_CASE(a_machine_can_be_removed_while_the_server_runs_and_makes_room) {
    on_a_disk("size=20m", [&] {
        auto serving = open();
        serving.add_server("s", "s", server::security::sha256("1"));
        auto const first = fill(serving);
        take_the_rest();
        auto const removed =
            test::run_server({"servers", "remove", "--data", directory.path(), "s"});
        if (removed.status != 0) {
            std::cerr << removed.output;
            return 3;
        }
        serving.add_server_anew("s", "s", server::security::sha256("1"));
        auto const again = fill(serving);
        bool const held = std::filesystem::exists(directory.path() / "reserve");
        return held && again >= first * 2 / 3 && serving.servers().size() == 1 ? 0 : 4;
    });
}

BOOST_AUTO_TEST_CASE(a_machine_can_be_removed_while_no_server_runs) {
    on_a_disk("size=40m", [&] {
        {
            auto store = open();
            store.add_server("s", "s", server::security::sha256("1"));
            output.resize(10 * mebibyte); // one that is larger than the reserve
            if (!add(store)) {
                return 3;
            }
            output.resize(200'000);
            fill(store);
        }
        take_the_rest();
        for (char const* const command : {"list", "remove"}) {
            std::vector<std::string> arguments{"servers", "--data", directory.path()};
            if (command == std::string("remove")) {
                arguments = {"servers", command, "--data", directory.path(), "s"};
            }
            auto const ended = test::run_server(arguments);
            if (ended.status != 0) {
                std::cerr << command << ": " << ended.output;
                return 4;
            }
        }
        auto store = open();
        store.add_server_anew("s", "s", server::security::sha256("1"));
        return fill(store) > 50 ? 0 : 5;
    });
}

BOOST_AUTO_TEST_CASE(reports_of_any_size_leave_the_reserve_with_which_they_can_be_removed) {
    for (std::size_t const size : {1UL, 2UL, 3UL, 7UL, 15UL}) {
        on_a_disk("size=60m", [&] {
            auto serving = open();
            serving.add_server("s", "s", server::security::sha256("1"));
            for (std::size_t const each :
                 {size * mebibyte, 3 * mebibyte, std::uintmax_t{200'000}}) {
                output.resize(each);
                fill(serving);
            }
            take_the_rest();
            fill(serving);
            if (!std::filesystem::exists(directory.path() / "reserve")) {
                return 3;
            }
            auto const removed =
                test::run_server({"servers", "remove", "--data", directory.path(), "s"});
            std::cerr << (removed.status == 0 ? "" : removed.output);
            return removed.status == 0 ? 0 : 4;
        });
    }
}

BOOST_AUTO_TEST_CASE(small_changes_are_made_on_a_full_disk_and_leave_the_reserve) {
    on_a_disk("size=20m", [&] {
        auto serving = open();
        serving.add_server("s", "s", server::security::sha256("1"));
        fill(serving);
        take_the_rest();
        auto const before = std::filesystem::file_size(directory.path() / "reserve");
        for (int i = 0; i < 20; ++i) {
            auto store = beside();
            auto const text = std::to_string(i);
            if (!store.rename_server("s", "name " + text) ||
                !store.set_key("s", server::security::sha256(text)) ||
                !store.add_server_anew("t" + text, "t", server::security::sha256("t" + text))) {
                return 3;
            }
            store.set_wanted("s", {{"trafikito_" + text}});
            store.set_delay("s", std::chrono::seconds(i));
            store.set_machine_quota(4096U + static_cast<unsigned>(i));
        }
        auto const after = std::filesystem::file_size(directory.path() / "reserve");
        bool const stand = serving.servers().size() == 21 && serving.machine_quota() == 4096 + 19;
        return stand && after + mebibyte >= before ? 0 : 4;
    });
}

BOOST_AUTO_TEST_CASE(a_removal_that_cannot_end_says_that_it_has_begun_and_goes_on_by_its_name) {
    on_a_disk("size=20m", [&] {
        auto serving = open();
        serving.add_server("s", "machine", server::security::sha256("1"));
        for (int i = 0; i < 60; ++i) {
            add(serving);
        }
        if (!serving.begin_removal("s")) {
            return 3;
        }
        auto const ended =
            test::run_server({"servers", "remove", "--data", directory.path(), "machine"});
        bool const said = ended.output.find("nothing of it is left") != std::string::npos;
        return ended.status == 0 && said && serving.unfinished_removals().empty() ? 0 : 4;
    });
}

// What is noise takes more than what is asked for before it begins.
BOOST_AUTO_TEST_CASE(an_upgrade_whose_disk_fills_up_says_so_and_goes_through_when_there_is_room) {
    on_a_disk("size=60m", [&] {
        auto const file = directory.path() / "trafikito.db";
        {
            server::database::sqlite raw(file, access::read_write);
            test::make_old_database(raw, 2);
            raw.run_script("PRAGMA journal_mode = DELETE;"
                           "INSERT INTO servers (id, name, key_digest, created_at) VALUES ('s', "
                           "'s', x'01', 1);"
                           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE "
                           "i < 34) INSERT INTO reports (server_id, received_at, data_at) SELECT "
                           "'s', 1799990000000 + i, 1799990000000 + i FROM n;"
                           "INSERT INTO outputs (report_id, position, command, bytes) SELECT id, "
                           "0, 'c', randomblob(1000000) FROM reports");
        }
        auto const room = std::filesystem::space(directory.path()).available;
        if (room < 25 * mebibyte) { // so much is asked for
            return 2;
        }
        std::string said;
        try {
            server::store::upgrade_database(file);
        } catch (server::store::store_full const& full) {
            said = full.what();
        }
        if (!test::contains(said, "Free some room, at most as much as it takes now") ||
            !test::contains(said, "and start again (nothing has changed)")) {
            std::cerr << said << '\n';
            return 3;
        }
        if (std::filesystem::space(directory.path()).available + 64UL * 1024 < room ||
            std::filesystem::exists(file.string() + ".schema2")) {
            return 4;
        }
        {
            server::database::sqlite raw(file, access::read_only);
            auto all = raw.prepare("SELECT sum(length(bytes)) FROM outputs");
            auto version = raw.prepare("SELECT user_version FROM pragma_user_version");
            if (!all.step() || all.number_at(0) != 34'000'000 || !version.step() ||
                version.number_at(0) != 2) {
                return 5;
            }
        }
        if (::mount("none", directory.path().c_str(), "tmpfs", MS_REMOUNT, "size=120m") != 0) {
            return 6;
        }
        auto const done = server::store::upgrade_database(file);
        return done && done->reports == 34 && beside().verify(1h).faults.empty() ? 0 : 7;
    });
}

BOOST_AUTO_TEST_CASE(a_small_disk_has_a_small_reserve) {
    on_a_disk("size=5m", [&] {
        auto store = open();
        if (std::filesystem::file_size(directory.path() / "reserve") != 4 * mebibyte) {
            return 3;
        }
        store.add_server("s", "s", server::security::sha256("1"));
        return fill(store) > 2 ? 0 : 4;
    });
}

BOOST_AUTO_TEST_CASE(a_read_only_file_system_is_said_with_the_file_and_what_to_do) {
    on_a_disk("size=20m", [&] {
        open();
        if (::mount("none", directory.path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr) !=
            0) {
            return 3;
        }
        for (auto const wanted :
             {server::store::access::read_write, server::store::access::read_only}) {
            try {
                server::store::store const store(directory.path() / "trafikito.db", wanted,
                                                 [this] { return now; });
                return 4;
            } catch (server::store::store_error const& failure) {
                std::string const what = failure.what();
                if (what.find("trafikito.db: ") == what.npos ||
                    what.find("must be able to write") == what.npos) {
                    std::cerr << what << '\n';
                    return 5;
                }
            }
        }
        return 0;
    });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
