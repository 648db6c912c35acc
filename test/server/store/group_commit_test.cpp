#include "server/store/group_commit.hpp"

#include "base/spawn.hpp"
#include "test/support/eventually.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace {

using namespace trafikito;
using namespace std::chrono_literals;
namespace kept = trafikito::server::store;

struct change : kept::grouped_change {
    explicit change(int which, std::size_t bytes = 100) : grouped_change(bytes), number(which) {}

    int number;
};

/// Commits stand still until they are let go on.
struct fixture {
    static constexpr int away = 70; ///< the database is, for whoever wants that stored

    test::temporary_directory directory;
    kept::store store{directory.path() / "trafikito.db", kept::access::read_write,
                      [] { return std::chrono::system_clock::now(); }};
    boost::asio::io_context context{1};
    std::mutex guard;
    std::condition_variable changed;
    bool held = false;
    int let_through = 0; ///< so many commits, while they are held
    int begun = 0;
    std::vector<std::size_t> sizes;
    std::vector<int> made;
    std::string ends; ///< what became of each, in the order in which they ended
    kept::store_thread thread{context.get_executor(), store};

    ~fixture() { hold(false); } // or the thread would never end

    void hold(bool now) {
        std::scoped_lock const lock(guard);
        held = now;
        changed.notify_all();
    }
    void let_one_through() {
        std::scoped_lock const lock(guard);
        ++let_through;
        changed.notify_all();
    }
    void wait_for_commit(int number) {
        std::unique_lock lock(guard);
        changed.wait(lock, [&] { return begun >= number; });
    }
    /// With 7 nothing can be made, below 0 by the fault of the disk.
    kept::group_commit::commit commit() {
        return [this](kept::store&, std::span<kept::change_ptr const> all) {
            std::unique_lock lock(guard);
            ++begun;
            sizes.push_back(all.size());
            changed.notify_all();
            changed.wait(lock, [&] { return !held || let_through > 0; });
            let_through -= held ? 1 : 0;
            for (auto const& each : all) {
                auto const number = static_cast<change const&>(*each).number;
                if (number < 0) {
                    throw kept::store_full("full");
                }
                if (number == away) {
                    throw trafikito::server::database::away("away");
                }
                if (number == 7) {
                    throw kept::store_error("wrong");
                }
            }
            for (auto const& each : all) {
                made.push_back(static_cast<change const&>(*each).number);
            }
        };
    }
    template <typename... Patience>
    void add(kept::group_commit& to, std::shared_ptr<change> what, Patience... patience) {
        base::spawn(context.get_executor(), to.add(what, patience...),
                    [this](std::exception_ptr const& thrown) {
                        try {
                            if (thrown) {
                                std::rethrow_exception(thrown);
                            }
                            ends += 'k';
                        } catch (kept::store_full const&) {
                            ends += 'f';
                        } catch (kept::store_unavailable const&) {
                            ends += 'u';
                        } catch (trafikito::server::database::away const&) {
                            ends += 'a';
                        } catch (kept::store_error const&) {
                            ends += 'e';
                        }
                    });
    }
    void run_until(std::size_t ended) {
        context.restart();
        while (ends.size() < ended) {
            context.run_one();
        }
    }
};

BOOST_FIXTURE_TEST_SUITE(group_commit, fixture)

BOOST_AUTO_TEST_CASE(what_comes_during_a_commit_goes_into_the_next_one_together) {
    kept::group_commit group(context.get_executor(), thread, commit());
    hold(true);
    add(group, std::make_shared<change>(1));
    context.poll();
    wait_for_commit(1);
    for (int i = 2; i <= 6; ++i) {
        add(group, std::make_shared<change>(i));
    }
    context.poll();
    hold(false);
    run_until(6);
    BOOST_TEST(ends == "kkkkkk");
    BOOST_TEST(sizes == (std::vector<std::size_t>{1, 5}), boost::test_tools::per_element());
    BOOST_TEST(made == (std::vector{1, 2, 3, 4, 5, 6}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_made_takes_no_other_with_it) {
    kept::group_commit group(context.get_executor(), thread, commit());
    for (int i = 5; i <= 9; ++i) {
        add(group, std::make_shared<change>(i));
    }
    run_until(5);
    BOOST_TEST(made == (std::vector{5, 6, 8, 9}), boost::test_tools::per_element());
    BOOST_TEST(std::ranges::count(ends, 'e') == 1);
    BOOST_TEST(std::ranges::count(ends, 'k') == 4);
}

BOOST_AUTO_TEST_CASE(of_a_full_disk_all_are_told_and_it_is_tried_once) {
    kept::group_commit group(context.get_executor(), thread, commit());
    for (int i = 1; i <= 4; ++i) {
        add(group, std::make_shared<change>(-i));
    }
    run_until(4);
    BOOST_TEST(ends == "ffff");
    BOOST_TEST(sizes.size() <= 2U);
    add(group, std::make_shared<change>(1));
    run_until(5);
    BOOST_TEST(ends == "ffffk");
}

BOOST_AUTO_TEST_CASE(more_than_may_wait_is_refused_at_once) {
    kept::group_limits limits;
    limits.max_waiting = 3;
    limits.max_bytes = 1000;
    kept::group_commit group(context.get_executor(), thread, commit(), limits);
    hold(true);
    add(group, std::make_shared<change>(1));
    context.poll();
    wait_for_commit(1);
    for (int i = 2; i <= 5; ++i) {
        add(group, std::make_shared<change>(i));
    }
    context.poll();
    BOOST_TEST(ends == "u");
    hold(false);
    run_until(5);
    BOOST_TEST(ends == "ukkkk");
    hold(true);
    add(group, std::make_shared<change>(1, 600));
    add(group, std::make_shared<change>(2, 600));
    context.restart();
    context.poll();
    BOOST_TEST(ends == "ukkkku");
    hold(false);
    run_until(7);
    BOOST_TEST(ends == "ukkkkuk");
}

BOOST_AUTO_TEST_CASE(one_commit_holds_no_more_than_it_may) {
    kept::group_limits limits;
    limits.max_together = 4;
    limits.max_bytes_together = 1000;
    kept::group_commit group(context.get_executor(), thread, commit(), limits);
    hold(true);
    add(group, std::make_shared<change>(1));
    context.poll();
    wait_for_commit(1);
    for (int i = 11; i <= 15; ++i) {
        add(group, std::make_shared<change>(i));
    }
    add(group, std::make_shared<change>(21, 900));
    add(group, std::make_shared<change>(22, 5000)); // alone
    context.poll();
    hold(false);
    run_until(8);
    BOOST_TEST(ends == "kkkkkkkk");
    BOOST_TEST(sizes == (std::vector<std::size_t>{1, 4, 2, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(who_waits_too_long_is_told_and_it_is_not_made_unless_it_was_meant_to_be) {
    kept::group_limits limits;
    limits.patience = 1ms;
    kept::group_commit group(context.get_executor(), thread, commit(), limits);
    hold(true);
    add(group, std::make_shared<change>(1), 10min);
    context.poll();
    wait_for_commit(1);
    add(group, std::make_shared<change>(2));      // gives up
    add(group, std::make_shared<change>(3), 1ms); // it is made behind its back
    run_until(2);
    BOOST_TEST(ends == "uu");
    hold(false);
    run_until(3);
    add(group, std::make_shared<change>(4), 10min);
    run_until(4);
    BOOST_TEST(ends == "uukk");
    BOOST_TEST(made == (std::vector{1, 3, 4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(who_waits_too_long_hears_what_the_last_commit_heard) {
    kept::group_limits limits;
    limits.patience = 1ms;
    kept::group_commit group(context.get_executor(), thread, commit(), limits);
    hold(true);
    add(group, std::make_shared<change>(away));
    add(group, std::make_shared<change>(away), 10min);
    run_until(1);
    hold(false);
    run_until(2);
    BOOST_TEST(ends == "ua");
    hold(true);
    add(group, std::make_shared<change>(1)); // the first of them while it is away
    run_until(3);
    BOOST_TEST(ends == "uaa");
    hold(false);
    add(group, std::make_shared<change>(2), 10min);
    run_until(4);
    hold(true);
    add(group, std::make_shared<change>(3));
    run_until(5);
    hold(false);
    BOOST_TEST(ends.back() == 'u');
}

BOOST_AUTO_TEST_CASE(a_database_that_does_not_answer_is_away) {
    kept::group_limits limits;
    limits.longest = 50ms;
    kept::group_commit group(context.get_executor(), thread, commit(), limits);
    hold(true);
    add(group, std::make_shared<change>(1));
    add(group, std::make_shared<change>(2));
    context.poll();
    wait_for_commit(1);
    BOOST_REQUIRE(test::eventually([&] { // it is refused at once
        add(group, std::make_shared<change>(3), 10min);
        context.poll();
        return !ends.empty();
    }));
    BOOST_TEST(ends == "u");
    hold(false);
    context.restart();
    context.run();
    BOOST_TEST(made.front() == 1);
    BOOST_TEST(made.at(1) == 2);
    ends.clear();
    add(group, std::make_shared<change>(4));
    run_until(1);
    BOOST_TEST(ends == "k");
}

BOOST_AUTO_TEST_CASE(
    none_is_taken_while_the_oldest_waits_too_long_whether_its_commit_has_begun_or_not) {
    kept::group_limits limits;
    limits.longest = 50ms;
    limits.max_together = 1;
    kept::group_commit group(context.get_executor(), thread, commit(), limits);
    hold(true);
    auto const refused = [&] {
        auto const before = std::ranges::count(ends, 'u');
        add(group, std::make_shared<change>(9), 10min);
        context.poll();
        return std::ranges::count(ends, 'u') > before;
    };
    add(group, std::make_shared<change>(1), 10min);
    add(group, std::make_shared<change>(2), 10min);
    BOOST_REQUIRE(test::eventually(refused));
    let_one_through();
    run_until(ends.size() + 1);
    wait_for_commit(2);
    BOOST_TEST(ends.back() == 'k');
    BOOST_TEST(refused()); // the second came with the first, and has no answer yet
    hold(false);
    context.restart();
    context.run();
    add(group, std::make_shared<change>(3), 10min);
    run_until(ends.size() + 1);
    BOOST_TEST(made.back() == 3);
}

BOOST_AUTO_TEST_CASE(what_nobody_waits_for_any_more_makes_no_commit) {
    kept::group_limits limits;
    limits.patience = 1ms;
    kept::group_commit group(context.get_executor(), thread, commit(), limits);
    hold(true);
    add(group, std::make_shared<change>(7), 10min); // it cannot be made
    context.poll();
    wait_for_commit(1);
    add(group, std::make_shared<change>(7));
    run_until(1);
    BOOST_TEST(ends == "u");
    hold(false);
    context.restart();
    context.run();
    BOOST_TEST(ends == "ue");
    BOOST_TEST(sizes == (std::vector<std::size_t>{1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(while_the_database_is_away_one_at_a_time_finds_out) {
    kept::group_commit group(context.get_executor(), thread, commit());
    add(group, std::make_shared<change>(away));
    run_until(1);
    BOOST_TEST(ends == "a");
    hold(true);
    add(group, std::make_shared<change>(1));
    add(group, std::make_shared<change>(2));
    add(group, std::make_shared<change>(3));
    context.restart();
    context.poll();
    BOOST_TEST(ends == "auu");
    hold(false);
    run_until(4);
    BOOST_TEST(ends == "auuk");
    add(group, std::make_shared<change>(4));
    add(group, std::make_shared<change>(5));
    run_until(6);
    BOOST_TEST(ends == "auukkk");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
