#include "agent/persistence/record_file.hpp"

#include "test/support/file_size_limit.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <random>
#include <thread>

using namespace trafikito;
using base::durability;
namespace fs = std::filesystem;
namespace persistence = agent::persistence;

namespace {

constexpr auto half = persistence::least_half;

std::string filled(std::string text, std::size_t size = half) {
    text.resize(size, '\n');
    return text;
}

std::string half_of(std::string_view text, std::uint64_t number) {
    return filled(persistence::format_record(text, number));
}

struct record_fixture {
    [[nodiscard]] std::string text() const {
        return persistence::read_recorded(path, 1'000'000).content.value_or("(nothing)");
    }
    [[nodiscard]] std::string bytes() const { return test::read_file(path); }
    [[nodiscard]] ino_t inode() const {
        struct stat facts{};
        return ::lstat(path.c_str(), &facts) == 0 ? facts.st_ino : 0;
    }

    test::temporary_directory here;
    fs::path path = here.path() / "record";
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(record_file, record_fixture)

BOOST_AUTO_TEST_CASE(what_is_written_is_read_and_the_file_stays_the_same) {
    persistence::record_file file(path, durability::synced);
    BOOST_TEST(!file.write("one\n", durability::synced));
    BOOST_TEST(text() == "one\n");
    auto const first = inode();
    for (auto const* next : {"two\n", "", "three\nlines\nof it\n", "four\n"}) {
        for (auto const wanted : {durability::none, durability::synced}) {
            BOOST_TEST(!file.write(next, wanted));
            BOOST_TEST(text() == next);
        }
    }
    BOOST_TEST(inode() == first);
    BOOST_TEST(fs::file_size(path) == 2 * half);
    BOOST_TEST(((fs::status(path).permissions() & fs::perms::others_all) == fs::perms::none));
}

BOOST_AUTO_TEST_CASE(of_two_halves_the_later_one_counts_wherever_it_is) {
    for (auto const& file :
         {half_of("old\n", 9) + half_of("new\n", 10), half_of("new\n", 10) + half_of("old\n", 9),
          half_of("new\n", 10) + filled("")}) {
        auto const found = persistence::find_records(file);
        BOOST_REQUIRE(found.newest);
        BOOST_TEST(found.newest->text == "new\n");
        BOOST_TEST(!found.half_damaged);
    }
}

BOOST_AUTO_TEST_CASE(one_byte_that_changed_in_either_half_is_damage_and_the_other_one_is_read) {
    auto const whole = half_of("the first\n", 9) + half_of("the second\n", 10);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        auto damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        auto const found = persistence::find_records(damaged);
        BOOST_REQUIRE(found.newest);
        BOOST_REQUIRE(found.half_damaged);
        BOOST_REQUIRE_EQUAL(found.newest->text, at < half ? "the second\n" : "the first\n");
    }
}

BOOST_AUTO_TEST_CASE(a_write_that_was_torn_at_any_byte_leaves_the_other_half) {
    auto const spared = half_of("what was waited for\n", 9);
    auto const before = half_of("a longer text that stood there before it\n", 8);
    auto const next = half_of("what came later\n", 10);
    for (std::size_t written = 0; written <= half; ++written) {
        auto const torn = next.substr(0, written) + before.substr(written);
        auto const file = spared + torn;
        auto const found = persistence::find_records(file);
        BOOST_REQUIRE(found.newest);
        BOOST_REQUIRE_EQUAL(found.newest->text,
                            torn == next ? "what came later\n" : "what was waited for\n");
        BOOST_REQUIRE_EQUAL(found.half_damaged, torn != next && torn != before);
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_at_any_byte_is_no_record) {
    auto const whole = half_of("the first\n", 9) + half_of("the second\n", 10);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        BOOST_REQUIRE(!persistence::find_records(std::string_view(whole).substr(0, size)).newest);
    }
}

BOOST_AUTO_TEST_CASE(the_file_of_an_older_agent_is_its_text_and_is_written_anew) {
    (void)here.write("record", "{\"version\":2}\ncrc32 7\n");
    BOOST_TEST(text() == "{\"version\":2}\ncrc32 7\n");
    persistence::record_file file(path, durability::synced);
    BOOST_TEST(!file.write("new\n", durability::none));
    BOOST_TEST(text() == "new\n");
    BOOST_TEST(fs::file_size(path) == 2 * half);
}

BOOST_AUTO_TEST_CASE(what_was_waited_for_is_not_touched_until_the_next_such) {
    persistence::record_file file(path, durability::synced);
    BOOST_TEST(!file.write("zero\n", durability::synced));
    BOOST_TEST(!file.write("kept\n", durability::synced));
    for (auto const* next : {"one\n", "two\n", "three\n"}) {
        BOOST_TEST(!file.write(next, durability::none));
        BOOST_TEST(bytes().find("kept\n") != std::string::npos);
        BOOST_TEST(text() == next);
    }
}

BOOST_AUTO_TEST_CASE(the_next_process_goes_on_with_the_same_file) {
    {
        persistence::record_file file(path, durability::synced);
        BOOST_TEST(!file.write("one\n", durability::synced));
        BOOST_TEST(!file.write("two\n", durability::none));
    }
    auto const first = inode();
    persistence::record_file file(path, durability::synced);
    BOOST_TEST(!file.write("three\n", durability::none));
    BOOST_TEST(text() == "three\n");
    BOOST_TEST(bytes().find("two\n") != std::string::npos); // the last of before, made durable
    BOOST_TEST(inode() == first);
}

// Whatever the disk has of what was not waited for: of each half all, nothing, or a part.
BOOST_AUTO_TEST_CASE(without_power_nothing_that_was_waited_for_is_lost) {
    std::mt19937 engine(1);
    std::optional<persistence::record_file> file(std::in_place, path, durability::synced);
    std::string on_disk;
    std::uint64_t waited_for = 0;
    for (std::uint64_t number = 1; number <= 400; ++number) {
        if (engine() % 16 == 0) {
            file.emplace(path, durability::synced); // killed, and another one
        }
        bool const synced = number == 1 || engine() % 3 == 0;
        BOOST_REQUIRE(!file->write(std::to_string(number) + "\n",
                                   synced ? durability::synced : durability::none));
        auto const now = bytes();
        if (synced) {
            on_disk = now;
            waited_for = number;
        }
        for (int loss = 0; loss < 8; ++loss) {
            auto left = now;
            for (std::size_t which = 0; which < 2; ++which) {
                auto const from = engine() % 2 == 0 ? engine() % half : engine() % 2 * half;
                std::copy(on_disk.begin() + static_cast<std::ptrdiff_t>(which * half + from),
                          on_disk.begin() + static_cast<std::ptrdiff_t>((which + 1) * half),
                          left.begin() + static_cast<std::ptrdiff_t>(which * half + from));
            }
            auto const found = persistence::find_records(left);
            BOOST_REQUIRE(found.newest);
            auto const read = std::stoull(std::string(found.newest->text));
            BOOST_REQUIRE_GE(read, waited_for);
            BOOST_REQUIRE_LE(read, number);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_text_that_outgrows_its_half_gets_a_larger_file) {
    persistence::record_file file(path, durability::synced);
    for (std::size_t size : {10U, 4'000U, 4'090U, 5'000U, 100'000U, 10U}) {
        auto const large = std::string(size, 'x') + "\n";
        BOOST_TEST(!file.write(large, durability::none));
        BOOST_TEST(text() == large);
    }
    BOOST_TEST(fs::file_size(path) == std::size_t{2} * 131'072);
    BOOST_TEST(!file.write("short\n", durability::none));
    BOOST_TEST(!persistence::find_records(bytes()).half_damaged);
    BOOST_TEST(persistence::record_file(path, durability::none).write("on\n", durability::none) ==
               std::error_code());
    BOOST_TEST(text() == "on\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_was_removed_or_replaced_meanwhile_is_made_anew) {
    persistence::record_file file(path, durability::none);
    BOOST_TEST(!file.write("one\n", durability::none));
    fs::remove(path);
    BOOST_TEST(!file.write("two\n", durability::none));
    BOOST_TEST(text() == "two\n");
    auto const another = here.write("another", half_of("theirs\n", 99) + filled(""));
    fs::rename(another, path);
    BOOST_TEST(!file.write("three\n", durability::none));
    BOOST_TEST(text() == "three\n");
    fs::resize_file(path, 100);
    BOOST_TEST(!file.write("four\n", durability::none));
    BOOST_TEST(text() == "four\n");
}

BOOST_AUTO_TEST_CASE(what_others_put_in_its_place_is_neither_followed_nor_waited_for) {
    auto const theirs = half_of("precious\n", 99) + filled("");
    auto const victim = here.write("victim", theirs);
    auto const link = [&] { fs::create_symlink(victim, path); };
    auto const hard_link = [&] { fs::create_hard_link(victim, path); };
    auto const fifo = [&] { BOOST_REQUIRE(::mkfifo(path.c_str(), 0600) == 0); };
    auto const open_to_others = [&] {
        (void)here.write("record", theirs);
        fs::permissions(path, fs::perms(0620));
    };
    for (bool const while_it_runs : {false, true}) {
        for (auto const& plant :
             std::vector<std::function<void()>>{link, hard_link, fifo, open_to_others}) {
            persistence::record_file file(path, durability::synced);
            if (while_it_runs) {
                BOOST_TEST(!file.write("before\n", durability::synced));
            }
            fs::remove(path);
            plant();
            auto const planted = inode();
            BOOST_TEST(!file.write("ours\n", durability::none));
            BOOST_TEST(text() == "ours\n");
            BOOST_TEST(inode() != planted);
            BOOST_TEST(test::read_file(victim) == theirs);
            fs::remove(path);
        }
    }
}

BOOST_AUTO_TEST_CASE(modes_and_names_that_are_added_while_it_runs_are_noticed) {
    persistence::record_file file(path, durability::none);
    BOOST_TEST(!file.write("one\n", durability::none));
    fs::create_hard_link(path, here.path() / "second name");
    BOOST_TEST(!file.write("two\n", durability::none));
    BOOST_TEST(test::read_file(here.path() / "second name").starts_with("one\n"));
    auto const first = inode();
    fs::permissions(path, fs::perms(0666));
    BOOST_TEST(!file.write("three\n", durability::none));
    BOOST_TEST(inode() != first);
    BOOST_TEST(text() == "three\n");
}

BOOST_AUTO_TEST_CASE(what_another_user_owns_is_not_written_to) {
    if (::geteuid() != 0) {
        return; // only root can give a file away
    }
    (void)here.write("record", half_of("theirs\n", 99) + filled(""));
    BOOST_REQUIRE(::chown(path.c_str(), 65534, 65534) == 0);
    auto const theirs = inode();
    persistence::record_file file(path, durability::none);
    BOOST_TEST(!file.write("ours\n", durability::none));
    BOOST_TEST(inode() != theirs);
    BOOST_REQUIRE(::chown(path.c_str(), 65534, 65534) == 0);
    auto const given_away = inode();
    BOOST_TEST(!file.write("ours again\n", durability::none));
    BOOST_TEST(inode() != given_away);
}

BOOST_AUTO_TEST_CASE(a_directory_in_its_place_is_an_error) {
    fs::create_directories(path / "in it");
    persistence::record_file file(path, durability::synced);
    BOOST_TEST((file.write("one\n", durability::none) == std::errc::is_a_directory));
    fs::remove_all(path);
    BOOST_TEST(!file.write("two\n", durability::none));
    BOOST_TEST(text() == "two\n");
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_not_written_further_but_anew) {
    (void)here.write("record", half_of("one\n", 9) + filled("damaged"));
    auto const before = inode();
    persistence::record_file file(path, durability::synced);
    BOOST_TEST(!file.write("two\n", durability::none));
    BOOST_TEST(inode() != before);
    BOOST_TEST(bytes() == half_of("two\n", 1) + filled(""));
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_an_error_the_older_text_stays_and_room_is_used_again) {
    persistence::record_file file(path, durability::synced);
    BOOST_TEST(!file.write("one\n", durability::synced));
    {
        test::file_size_limit const small(half + 5);
        BOOST_TEST((file.write("two\n", durability::synced) == std::errc::file_too_large));
        BOOST_TEST((file.write("three\n", durability::none) == std::errc::file_too_large));
        BOOST_TEST(bytes().find("one\n") == 0U);
        BOOST_TEST(persistence::find_records(bytes()).newest->text == "one\n");
    }
    BOOST_TEST(!file.write("four\n", durability::none));
    BOOST_TEST(text() == "four\n");
}

BOOST_AUTO_TEST_CASE(a_text_with_no_room_to_grow_is_an_error_and_a_smaller_one_is_written) {
    persistence::record_file file(path, durability::none);
    BOOST_TEST(!file.write("one\n", durability::none));
    test::file_size_limit const small(2 * half);
    BOOST_TEST(
        (file.write(std::string(half, 'x') + "\n", durability::none) == std::errc::file_too_large));
    BOOST_TEST(text() == "one\n");
    BOOST_TEST(!file.write("two\n", durability::none));
    BOOST_TEST(text() == "two\n");
}

BOOST_AUTO_TEST_CASE(who_reads_while_it_is_written_gets_a_whole_text_and_none_that_is_old) {
    persistence::record_file file(path, durability::none);
    BOOST_REQUIRE(!file.write("0\n", durability::none));
    std::atomic<unsigned> written = 0;
    std::atomic<bool> ended = false;
    std::thread writer([&] {
        for (unsigned next = 1; next <= 3'000; ++next) {
            auto const line = std::to_string(next) + std::string(next % 3'000, ' ') + "\n";
            if (file.write(line, durability::none)) {
                break;
            }
            written = next;
        }
        ended = true;
    });
    while (!ended) {
        auto const least = written.load();
        auto const read = persistence::read_recorded(path, 1'000'000);
        BOOST_REQUIRE(read.content.has_value());
        BOOST_REQUIRE_GE(std::stoul(*read.content) + 1, least);
    }
    writer.join();
    BOOST_TEST(written == 3'000U);
}

BOOST_AUTO_TEST_SUITE_END()
