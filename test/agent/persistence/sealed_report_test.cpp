// What becomes of a report that is sealed where it was gathered: whenever the agent is killed, or
// the power fails, it is there whole or not at all.
#include "agent/persistence/sealed_report.hpp"

#include "agent/persistence/checksum.hpp"
#include "agent/persistence/report_file.hpp"
#include "agent/persistence/report_spool.hpp"
#include "test/agent/fake_api.hpp"
#include "test/support/file_size_limit.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <random>

using namespace trafikito;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace persistence = agent::persistence;

namespace {

constexpr std::size_t page = 4096;

struct sealed_fixture {
    /// A report of that text is sealed, as a cycle does before it sends it.
    std::string keep(persistence::report_spool& spool, std::string const& text) {
        persistence::report_file report(tmp_file);
        report.append(text);
        return spool.keep(report, facts_of(text), number);
    }

    static persistence::report_metadata facts_of(std::string const& text) {
        return {"id of " + text.substr(0, 10), "a token", {1s, 1s, "a boot"}, 3s, "[]"};
    }

    /// What the next agent finds.
    std::vector<std::string> next_agent_finds() {
        persistence::report_spool next(directory);
        next.belongs_to(identity);
        next.adopt(tmp_file);
        damage = next.damage();
        std::vector<std::string> texts;
        while (auto const one = next.oldest({})) {
            texts.push_back(test::text_of(one->content));
            BOOST_TEST(next.accepted(one->number) == "");
        }
        return texts;
    }

    void put(std::string const& bytes) {
        (void)here.write("trafikito.tmp", bytes);
        fs::permissions(tmp_file, fs::perms(0600));
    }

    [[nodiscard]] bool sealed() const {
        base::descriptor const file(::open(tmp_file.c_str(), O_RDONLY));
        return persistence::read_trailer(file.get()).has_value();
    }
    [[nodiscard]] ino_t inode() const {
        struct stat status{};
        return ::lstat(tmp_file.c_str(), &status) == 0 ? status.st_ino : 0;
    }

    test::temporary_directory here;
    fs::path directory = here.path() / "spool";
    fs::path tmp_file = here.path() / "trafikito.tmp";
    std::string identity = "0123";
    std::uint64_t number = 0;
    std::string damage;
};

using texts = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(sealed_report, sealed_fixture)

BOOST_AUTO_TEST_CASE(reports_that_are_accepted_at_once_are_written_into_one_file_over_and_over) {
    persistence::report_spool spool(directory);
    ino_t first = 0;
    for (auto const* text : {"one\n", "two\n", "three\n"}) {
        BOOST_TEST(keep(spool, text) == "");
        BOOST_TEST(sealed());
        BOOST_TEST(spool.count() == 1U);
        BOOST_TEST(test::text_of(spool.oldest({})->content) == text);
        BOOST_TEST(spool.accepted(number) == "");
        BOOST_TEST(!sealed());
        BOOST_TEST(spool.count() == 0U);
        BOOST_TEST(spool.size() == 0U);
        first = first == 0 ? inode() : first;
        BOOST_TEST(inode() == first);
        BOOST_TEST(fs::file_size(tmp_file) == page);
    }
    BOOST_TEST(fs::is_empty(directory));
    BOOST_TEST(next_agent_finds().empty());
}

BOOST_AUTO_TEST_CASE(what_a_killed_agent_had_sealed_is_there_once_with_all_that_belongs_to_it) {
    {
        persistence::report_spool spool(directory);
        spool.belongs_to(identity);
        BOOST_TEST(keep(spool, "one\n") == "");
        BOOST_TEST(spool.park() == "");
        BOOST_TEST(keep(spool, "two\n") == "");
    }
    {
        persistence::report_spool next(directory);
        next.adopt(tmp_file);
        next.adopt(tmp_file);
        BOOST_TEST(next.count() == 2U);
        BOOST_TEST(!fs::exists(tmp_file));
        BOOST_TEST(next.accepted(1) == "");
        BOOST_TEST((next.oldest({})->facts == facts_of("two\n")));
        BOOST_TEST(next.oldest({})->number == 2U);
    }
    BOOST_TEST((next_agent_finds() == texts{"two\n"}));
}

BOOST_AUTO_TEST_CASE(killed_within_any_write_of_a_seal_the_report_is_there_whole_or_not_at_all) {
    for (std::size_t size : {10U, 3'000U, 9'000U}) {
        persistence::report_spool spool(directory);
        BOOST_TEST(keep(spool, std::string(size, 'a')) == "");
        BOOST_TEST(spool.accepted(number) == "");
        auto const before = test::read_file(tmp_file);
        auto const next = std::string(size + 20, 'b');
        BOOST_TEST(keep(spool, next) == "");
        auto const after = test::read_file(tmp_file);
        BOOST_REQUIRE(before.size() == after.size());
        BOOST_TEST(spool.accepted(number) == "");
        for (std::size_t written = 0; written <= after.size(); ++written) {
            auto const torn = after.substr(0, written) + before.substr(written);
            if (written > 0 && written < after.size() - 700 && written % 61 != 0) {
                continue; // within the report itself one place is like another
            }
            put(torn);
            auto const found = next_agent_finds();
            BOOST_REQUIRE((found == (torn == after ? texts{next} : texts{})));
            // Its last line is written by one call, last: a part of that is no doing of a kill.
            BOOST_REQUIRE((damage.empty() || after.size() - written < 60));
            fs::remove(tmp_file.string() + ".damaged");
        }
        fs::remove(tmp_file);
    }
}

BOOST_AUTO_TEST_CASE(a_seal_whose_trailer_is_damaged_is_set_aside_and_said) {
    {
        persistence::report_spool spool(directory);
        BOOST_TEST(keep(spool, "one\n") == "");
    }
    auto const whole = test::read_file(tmp_file);
    auto const json = whole.find("{\"");
    BOOST_REQUIRE(json != std::string::npos);
    for (auto const at : {json, json + 20, whole.find('\n', json)}) {
        auto bytes = whole;
        bytes[at] = static_cast<char>(bytes[at] ^ 4);
        put(bytes);
        BOOST_TEST(next_agent_finds().empty());
        BOOST_TEST(damage.ends_with(".damaged"), damage);
        BOOST_TEST(test::read_file(tmp_file.string() + ".damaged") == bytes);
        BOOST_TEST(!fs::exists(tmp_file));
    }
}

// The configuration named another file when its agent was killed.
BOOST_AUTO_TEST_CASE(a_sealed_report_is_found_whatever_tmp_file_is_now) {
    {
        persistence::report_spool spool(directory);
        BOOST_TEST(keep(spool, "one\n") == "");
    }
    auto const before = tmp_file;
    tmp_file = here.path() / "another.tmp";
    BOOST_TEST((next_agent_finds() == texts{"one\n"}));
    BOOST_TEST(!fs::exists(before));
}

BOOST_AUTO_TEST_CASE(before_a_file_is_written_over_what_is_sealed_in_it_is_adopted_or_set_aside) {
    test::temporary_directory const shared;
    for (bool const ours : {true, false}) {
        tmp_file = shared.path() / (ours ? "ours.tmp" : "theirs.tmp");
        {
            persistence::report_spool spool(directory);
            spool.belongs_to(ours ? identity : "another");
            BOOST_TEST(keep(spool, "one\n") == "");
        }
        auto const whole = test::read_file(tmp_file);
        persistence::report_spool running(directory);
        running.belongs_to(identity);
        (void)running.reusable(tmp_file); // a reload has named it
        BOOST_TEST(running.count() == (ours ? 1U : 0U));
        BOOST_TEST(running.damage().empty() == ours);
        if (ours) {
            BOOST_TEST(running.accepted(running.oldest({})->number) == "");
        } else {
            BOOST_TEST(test::read_file(tmp_file.string() + ".damaged") == whole);
        }
    }
}

// Of a seal that was not waited for the disk has any of its pages.
BOOST_AUTO_TEST_CASE(without_power_a_seal_that_is_not_all_there_is_no_report_and_is_said) {
    persistence::report_spool spool(directory);
    BOOST_TEST(keep(spool, std::string(5 * page, 'a')) == "");
    BOOST_TEST(spool.accepted(number) == "");
    auto const before = test::read_file(tmp_file);
    auto const next = std::string(5 * page, 'b');
    BOOST_TEST(keep(spool, next) == "");
    auto const after = test::read_file(tmp_file);
    auto const pages = after.size() / page;
    BOOST_REQUIRE(pages == 6U);
    BOOST_REQUIRE(before.size() == after.size());
    for (unsigned there = 0; there < 1U << pages; ++there) {
        auto left = before;
        for (std::size_t one = 0; one < pages; ++one) {
            if ((there >> one & 1U) != 0) {
                left.replace(one * page, page, after, one * page, page);
            }
        }
        put(left);
        auto const found = next_agent_finds();
        BOOST_REQUIRE((found == (left == after ? texts{next} : texts{})));
        bool const ends_sealed = (there >> (pages - 1) & 1U) != 0;
        BOOST_REQUIRE((damage.empty() == (left == after || !ends_sealed)));
    }
    BOOST_TEST(fs::exists(tmp_file.string() + ".damaged"));
}

BOOST_AUTO_TEST_CASE(a_byte_of_a_sealed_report_that_changed_is_damage_and_set_aside) {
    persistence::report_spool spool(directory);
    BOOST_TEST(keep(spool, "precious\n") == "");
    auto bytes = test::read_file(tmp_file);
    bytes[3] ^= 1;
    put(bytes);
    BOOST_TEST(next_agent_finds().empty());
    BOOST_TEST(damage == tmp_file.string() + ".damaged");
    BOOST_TEST(test::read_file(damage) == bytes);
}

// What a command prints can look like anything, also like the end of a sealed report.
BOOST_AUTO_TEST_CASE(while_a_report_is_gathered_the_end_of_the_file_is_none_of_it) {
    persistence::trailer forged{.facts = facts_of("forged"), .identity = identity};
    forged.report_sum = persistence::checksum("");
    auto const end = persistence::format_trailer(forged);
    persistence::report_spool spool(directory);
    for (int cycle = 0; cycle < 2; ++cycle) { // a new file, and one that is written over
        persistence::report_file report(tmp_file);
        std::string all;
        std::mt19937 engine(1);
        while (all.size() < 1'000'000) {
            auto piece = std::string(engine() % 100'000, 'x') + end;
            if (engine() % 2 == 0) { // up to the end of a block
                piece.insert(0, page - (all.size() + piece.size()) % page, 'y');
            }
            report.append(piece);
            all += piece;
            BOOST_REQUIRE(!sealed());
        }
        BOOST_TEST(report.problem() == "");
        BOOST_TEST((test::text_of(report.content()) == all));
        BOOST_TEST(spool.keep(report, facts_of("x"), number) == "");
        BOOST_TEST(sealed());
        BOOST_TEST((test::text_of(spool.oldest({})->content) == all));
        BOOST_TEST(spool.accepted(number) == "");
        BOOST_TEST(!sealed());
    }
}

BOOST_AUTO_TEST_CASE(a_file_shrinks_only_when_a_report_needs_less_than_half) {
    persistence::report_spool spool(directory);
    auto const size_after = [&](std::size_t size) {
        auto const text = std::string(size, 'x');
        BOOST_TEST(keep(spool, text) == "");
        BOOST_TEST((test::text_of(spool.oldest({})->content) == text));
        BOOST_TEST(spool.accepted(number) == "");
        BOOST_TEST(!sealed());
        return fs::file_size(tmp_file) / page;
    };
    BOOST_TEST(size_after(10) == 1U);
    BOOST_TEST(size_after(7 * page) == 8U);
    BOOST_TEST(size_after(4 * page) == 8U);
    BOOST_TEST(size_after(2 * page) == 3U);
    BOOST_TEST(size_after(200 * page) <= 402U);
    BOOST_TEST(size_after(10) == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_not_ours_alone_is_not_adopted) {
    {
        persistence::report_spool spool(directory);
        BOOST_TEST(keep(spool, "one\n") == "");
    }
    auto const bytes = test::read_file(tmp_file);
    auto const elsewhere = here.path() / "elsewhere";
    std::vector<std::function<void()>> const ways{
        [&] { fs::permissions(tmp_file, fs::perms(0640)); },
        [&] { fs::create_hard_link(tmp_file, elsewhere); },
        [&] {
            fs::rename(tmp_file, elsewhere);
            fs::create_symlink(elsewhere, tmp_file);
        },
        [&] {
            fs::remove(tmp_file);
            BOOST_REQUIRE(::mkfifo(tmp_file.c_str(), 0600) == 0);
        },
        [&] {
            // Only root can give it away; for anybody else it is gone.
            if (::chown(tmp_file.c_str(), 65534, 65534) != 0) {
                fs::remove(tmp_file);
            }
        }};
    for (auto const& spoil : ways) {
        spoil();
        BOOST_TEST(next_agent_finds().empty());
        BOOST_TEST(damage == "");
        fs::remove(tmp_file);
        fs::remove(elsewhere);
        put(bytes);
    }
    BOOST_TEST((next_agent_finds() == texts{"one\n"}));
}

BOOST_AUTO_TEST_CASE(outside_var_only_a_report_of_the_same_identity_is_adopted) {
    test::temporary_directory const shared;
    tmp_file = shared.path() / "agent.tmp";
    {
        persistence::report_spool spool(directory);
        spool.belongs_to("another");
        BOOST_TEST(keep(spool, "theirs\n") == "");
    }
    BOOST_TEST(next_agent_finds().empty());
    BOOST_TEST(sealed());
    identity = "another";
    BOOST_TEST((next_agent_finds() == texts{"theirs\n"}));
}

BOOST_AUTO_TEST_CASE(a_tmp_file_that_was_removed_or_replaced_is_still_moved_into_the_spool) {
    for (bool const replaced : {false, true}) {
        persistence::report_spool spool(directory);
        BOOST_TEST(keep(spool, "one\n") == "");
        fs::remove(tmp_file);
        if (replaced) {
            put("somebody else's");
        }
        BOOST_TEST(spool.park() == "");
        BOOST_TEST((!replaced || test::read_file(tmp_file) == "somebody else's"));
        BOOST_TEST((next_agent_finds() == texts{"one\n"}));
    }
}

BOOST_AUTO_TEST_CASE(killed_between_a_copy_and_the_end_of_the_original_it_is_there_once) {
    {
        persistence::report_spool spool(directory);
        BOOST_TEST(keep(spool, "one\n") == "");
        fs::copy_file(tmp_file, directory / "0000000000000001.report");
    }
    BOOST_TEST((next_agent_finds() == texts{"one\n"}));
    BOOST_TEST(!sealed());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_moved_stays_is_offered_and_is_not_written_over) {
    persistence::report_spool spool(directory);
    BOOST_TEST(keep(spool, "one\n") == "");
    fs::remove(directory);
    (void)here.write("spool", "a file in its place");
    auto const problem = spool.park();
    BOOST_TEST(problem.find("Not a directory") != std::string::npos);
    persistence::report_file next(tmp_file, problem);
    next.append("two\n");
    BOOST_TEST(next.problem() == problem);
    BOOST_TEST(spool.keep(next, facts_of("two"), number) == problem);
    BOOST_TEST(test::text_of(next.content()) == "two\n");
    BOOST_TEST(test::text_of(spool.oldest({})->content) == "one\n");
    fs::remove(directory);
    BOOST_TEST(spool.park() == "");
    BOOST_TEST((next_agent_finds() == texts{"one\n"}));
}

BOOST_AUTO_TEST_CASE(what_a_full_disk_did_not_take_is_not_found_by_the_next_agent) {
    persistence::report_spool spool(directory);
    {
        test::file_size_limit const small(page);
        BOOST_TEST(keep(spool, std::string(page, 'x')) != "");
        BOOST_TEST(spool.count() == 0U);
        BOOST_TEST(keep(spool, "small\n") == "");
        BOOST_TEST(spool.accepted(number) == "");
        BOOST_TEST(keep(spool, std::string(100'000, 'x')) != "");
    }
    BOOST_TEST(next_agent_finds().empty());
    BOOST_TEST(damage == "");
}

BOOST_AUTO_TEST_CASE(on_another_file_system_a_file_beside_the_spool_stands_for_tmp_file) {
    struct stat ours{};
    struct stat other{};
    if (::stat(here.path().c_str(), &ours) != 0 || ::stat("/dev/shm", &other) != 0 ||
        ours.st_dev == other.st_dev || ::access("/dev/shm", W_OK) != 0) {
        return; // there is none
    }
    tmp_file = "/dev/shm/trafikito-test." + std::to_string(::getpid());
    auto const stands_for_it = here.path() / "trafikito.sealed";
    persistence::report_spool spool(directory);
    ino_t first = 0;
    for (std::size_t size : {10U, 100'000U, 20U}) {
        auto const text = std::string(size, 'x');
        BOOST_TEST(keep(spool, text) == "");
        BOOST_TEST(!sealed());
        BOOST_TEST((test::text_of(spool.oldest({})->content) == text));
        BOOST_TEST(spool.accepted(number) == "");
        struct stat facts{};
        BOOST_REQUIRE(::lstat(stands_for_it.c_str(), &facts) == 0);
        first = first == 0 ? facts.st_ino : first;
        BOOST_TEST(facts.st_ino == first);
    }
    BOOST_TEST(next_agent_finds().empty());
    BOOST_TEST(keep(spool, "killed\n") == "");
    BOOST_TEST((next_agent_finds() == texts{"killed\n"}));
    BOOST_TEST(keep(spool, "not accepted\n") == "");
    BOOST_TEST(spool.park() == "");
    BOOST_TEST((next_agent_finds() == texts{"not accepted\n"}));
    fs::remove(tmp_file);
}

BOOST_AUTO_TEST_CASE(the_file_of_an_older_agent_is_read_in_the_spool) {
    std::string const json = R"({"id":"an id","token":"a token","collected":{"wall":1,"up":1,)"
                             R"("boot":"b"},"lastCycle":3,"results":"[]"})"
                             "\n";
    std::array<char, 64> end{};
    std::snprintf(end.data(), end.size(), "trafikito-report 1 %016x %08x %08x\n", 4U,
                  static_cast<unsigned>(json.size()), persistence::checksum(json));
    auto const file = "one\n" + json + end.data();
    (void)here.write("spool/0000000000000005.report", file);
    (void)here.write("spool/0000000000000006.report", "too long" + file);
    put(file); // not adopted: its agent had not kept it
    persistence::report_spool spool(directory);
    spool.adopt(tmp_file);
    BOOST_TEST(spool.count() == 1U);
    BOOST_TEST(spool.damage() == (directory / "0000000000000006.report.damaged").string());
    BOOST_TEST(spool.oldest({})->facts.token == "a token");
    BOOST_TEST(test::text_of(spool.oldest({})->content) == "one\n");
}

BOOST_AUTO_TEST_SUITE_END()
