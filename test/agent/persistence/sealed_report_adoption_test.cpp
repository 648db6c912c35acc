// A sealed report whose agent is gone, or whose file is: the next one finds it once, or says that
// it cannot.
#include "agent/persistence/sealed_report.hpp"
#include "base/checksum.hpp"
#include "test/agent/persistence/sealed_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <functional>

using namespace trafikito;
namespace fs = std::filesystem;
namespace persistence = agent::persistence;

namespace {

using texts = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(sealed_report_adoption, test::sealed_fixture)

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
                  static_cast<unsigned>(json.size()), base::checksum(json));
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
