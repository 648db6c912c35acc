#include "exec/capture.hpp"

#include "base/descriptor.hpp"
#include "test/exec/forked.hpp"
#include "test/exec/leaves_nothing.hpp"

#include <boost/test/unit_test.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace exec = trafikito::exec;

namespace {

std::string digits(std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) {
        text += static_cast<char>('0' + i % 10);
    }
    return text;
}

std::string head_of(exec::capture const& kept) {
    std::string text;
    kept.head([&](std::string_view piece) { text += piece; });
    return text;
}

std::string tail_of(exec::capture const& kept) {
    std::string text;
    kept.tail([&](std::string_view piece) { text += piece; });
    return text;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(capture, trafikito::test::leaves_nothing)

BOOST_AUTO_TEST_CASE(everything_is_kept_up_to_the_limit) {
    exec::capture kept(10);
    kept.append("01234");
    kept.append("56789");
    BOOST_TEST(!kept.cut());
    BOOST_TEST(head_of(kept) == "0123456789");
    BOOST_TEST(tail_of(kept) == "");
    BOOST_TEST(kept.bytes_kept() == 10U);
}

BOOST_AUTO_TEST_CASE(one_byte_more_keeps_both_halves) {
    exec::capture kept(10);
    kept.append("0123456789");
    kept.append("X");
    BOOST_TEST(kept.cut());
    BOOST_TEST(head_of(kept) == "01234");
    BOOST_TEST(tail_of(kept) == "6789X");
    BOOST_TEST(kept.bytes_seen() == 11U);
    BOOST_TEST(kept.bytes_kept() == 10U);
}

BOOST_AUTO_TEST_CASE(pieces_of_any_size_give_the_same_head_and_tail) {
    for (std::size_t limit = 0; limit <= 17; ++limit) {
        for (std::size_t total = 0; total <= 60; ++total) {
            auto const all = digits(total);
            for (std::size_t piece = 1; piece <= total; ++piece) {
                exec::capture kept(limit);
                for (std::size_t at = 0; at < total; at += piece) {
                    kept.append(std::string_view(all).substr(at, piece));
                }
                BOOST_REQUIRE(kept.bytes_seen() == total);
                auto const tail_size = limit / 2;
                if (total <= limit) {
                    BOOST_REQUIRE(head_of(kept) == all);
                } else {
                    BOOST_REQUIRE_EQUAL(head_of(kept), all.substr(0, limit - tail_size));
                    BOOST_REQUIRE_EQUAL(tail_of(kept), all.substr(total - tail_size));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_limit_of_nothing_keeps_nothing) {
    exec::capture kept(0);
    kept.append("some output");
    BOOST_TEST(kept.cut());
    BOOST_TEST(kept.bytes_kept() == 0U);
    BOOST_TEST(kept.bytes_seen() == 11U);
}

BOOST_AUTO_TEST_CASE(in_the_spool_it_is_the_same) {
    auto const where = std::make_shared<exec::scratch_file>("/tmp");
    for (std::size_t const limit : {4096U, 5000U, 8191U, 40'000U}) {
        exec::capture first(limit, where);
        exec::capture second(limit, where);
        auto const all = digits(3 * limit + 7);
        for (std::size_t at = 0; at < all.size(); at += 1500) {
            first.append(std::string_view(all).substr(at, 1500));
            second.append(std::string(std::min<std::size_t>(1500, all.size() - at), 'x'));
        }
        BOOST_TEST(head_of(first) == all.substr(0, limit - limit / 2));
        BOOST_TEST(tail_of(first) == all.substr(all.size() - limit / 2));
        BOOST_TEST(head_of(second) == std::string(limit - limit / 2, 'x'));
    }
}

BOOST_AUTO_TEST_CASE(a_copy_needs_the_first_spool_no_more) {
    for (std::size_t const size : {100U, 9'000U, 50'000U}) {
        std::optional<exec::capture> first(std::in_place, 10'000,
                                           std::make_shared<exec::scratch_file>("/tmp"));
        first->append(digits(size));
        auto const copy = first->copied_to(std::make_shared<exec::scratch_file>("/tmp"));
        auto const head = head_of(*first);
        auto const tail = tail_of(*first);
        first.reset();
        BOOST_TEST(head_of(copy) == head);
        BOOST_TEST(tail_of(copy) == tail);
        BOOST_TEST(copy.bytes_seen() == size);
    }
}

BOOST_AUTO_TEST_CASE(without_a_disk_it_stays_in_memory) {
    exec::capture kept(10'000, std::make_shared<exec::scratch_file>("/nonexistent"));
    kept.append(digits(50'000));
    BOOST_TEST(head_of(kept) == digits(5'000));
    BOOST_TEST(tail_of(kept) == digits(50'000).substr(45'000));
}

// A command that fills the disk must not fill the memory instead.
BOOST_AUTO_TEST_CASE(without_a_disk_many_share_a_bounded_memory) {
    auto const where = std::make_shared<exec::scratch_file>("/nonexistent");
    std::vector<exec::capture> all;
    for (int i = 0; i < 100; ++i) {
        all.emplace_back(1'000'000, where);
        for (int piece = 0; piece < 2'000; ++piece) {
            all.back().append(digits(1'000));
        }
        all.back().append("the end");
    }
    std::uint64_t kept = 0;
    for (auto const& one : all) {
        kept += one.bytes_kept();
        BOOST_TEST(one.bytes_seen() == 2'000'007U);
        BOOST_TEST(head_of(one).starts_with("0123456789"));
        BOOST_TEST(tail_of(one).ends_with("the end"));
        BOOST_TEST(head_of(one).size() + tail_of(one).size() == one.bytes_kept());
    }
    BOOST_TEST(all.front().bytes_kept() == 1'000'000U);
    BOOST_TEST(kept <= exec::scratch_file::max_in_memory + 100 * 4'096U);
}

BOOST_AUTO_TEST_CASE(a_disk_that_takes_no_more_leaves_what_came_before) {
    auto const code = trafikito::test::forked([] {
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit const small{20'000, 20'000};
        ::setrlimit(RLIMIT_FSIZE, &small);
        exec::capture kept(100'000, std::make_shared<exec::scratch_file>("/tmp"));
        for (int piece = 0; piece < 90; ++piece) {
            kept.append(digits(1'000));
        }
        return head_of(kept) == digits(90'000) ? 0 : 1;
    });
    BOOST_TEST(code == 0);
}

BOOST_AUTO_TEST_CASE(less_can_be_kept_afterwards) {
    for (std::size_t const size : {6U, 10U, 50U}) {
        exec::capture kept(10);
        kept.append(digits(size));
        kept.narrow(5);
        BOOST_TEST(kept.cut());
        BOOST_TEST(head_of(kept) == digits(size).substr(0, 3));
        BOOST_TEST(tail_of(kept) == digits(size).substr(size - 2));
        BOOST_TEST(kept.bytes_kept() == 5U);
    }
}

BOOST_AUTO_TEST_CASE(what_waits_in_a_pipe_is_all_taken_and_nothing_is_waited_for) {
    std::array<int, 2> ends{};
    BOOST_REQUIRE(::pipe(ends.data()) == 0);
    trafikito::base::descriptor const ours(ends[0]);
    trafikito::base::descriptor theirs(ends[1]);
    exec::capture kept(100'000);
    kept.append_what_waits(ours.get());
    BOOST_TEST(kept.bytes_seen() == 0U);
    auto const text = digits(10'000);
    BOOST_REQUIRE(::write(theirs.get(), text.data(), text.size()) == 10'000);
    kept.append_what_waits(ours.get());
    BOOST_TEST(head_of(kept) == text);
    theirs.close();
    kept.append_what_waits(ours.get());
    BOOST_TEST(head_of(kept) == text);
}

BOOST_AUTO_TEST_SUITE_END()
