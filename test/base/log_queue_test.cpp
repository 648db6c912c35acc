#include "base/log_queue.hpp"

#include "base/descriptor.hpp"
#include "base/log_output.hpp"
#include "test/support/eventually.hpp"

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace trafikito;
using namespace std::chrono_literals;

namespace {

/// A sink that waits while its gate is shut. Shared with a thread that may outlive the test.
struct gate {
    void write(std::string_view line) {
        std::unique_lock held(guard);
        ++waiting;
        opened.wait(held, [this] { return open; });
        --waiting;
        text += line;
    }
    void set(bool to) {
        std::scoped_lock const held(guard);
        open = to;
        opened.notify_all();
    }
    std::string written() {
        std::scoped_lock const held(guard);
        return text;
    }
    bool is_waited_at() {
        std::scoped_lock const held(guard);
        return waiting != 0;
    }
    std::mutex guard;
    std::condition_variable opened;
    bool open = true;
    int waiting = 0;
    std::string text;
};

struct gated_queue {
    std::shared_ptr<gate> const way = std::make_shared<gate>();
    base::log_queue queue{[way = way](std::string_view line) { way->write(line); }, "us"};
    base::log::sink const say = queue.sink();
};

/// Until the sink holds the first line, so that what follows is counted exactly.
void shut(gated_queue& here) {
    here.way->set(false);
    here.say("first\n");
    BOOST_REQUIRE(test::eventually([&] { return here.way->is_waited_at(); }));
}

} // namespace

BOOST_AUTO_TEST_SUITE(log_queue)

BOOST_AUTO_TEST_CASE(lines_come_out_in_their_order) {
    gated_queue here;
    std::string expected;
    for (int i = 0; i < 1000; ++i) {
        auto const line = std::to_string(i) + "\n";
        here.say(line);
        expected += line;
    }
    BOOST_TEST(here.queue.finish(20s));
    BOOST_TEST(here.way->written() == expected);
}

BOOST_AUTO_TEST_CASE(lines_of_several_threads_stay_whole_and_each_thread_in_order) {
    gated_queue here;
    {
        std::vector<std::jthread> threads;
        for (char const name : {'a', 'b', 'c'}) {
            threads.emplace_back([&here, name] {
                for (int i = 0; i < 100; ++i) {
                    here.say(std::string(1, name) + std::to_string(i) + "\n");
                }
            });
        }
    }
    BOOST_TEST(here.queue.finish(20s));
    auto const text = here.way->written();
    for (char const name : {'a', 'b', 'c'}) {
        std::size_t at = 0;
        for (int i = 0; i < 100; ++i) {
            at = text.find(std::string(1, name) + std::to_string(i) + "\n", at);
            BOOST_REQUIRE_NE(at, std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_sink_that_blocks_makes_nobody_wait_and_what_finds_no_room_is_counted) {
    gated_queue here;
    shut(here);
    auto const lines = base::log_queue::max_lines;
    for (std::size_t i = 0; i < lines + 12; ++i) {
        here.say("more\n"); // a queue that waits would hang here
    }
    BOOST_TEST(!here.queue.finish(1ms));
    here.way->set(true);
    BOOST_TEST(here.queue.finish(20s));
    auto const text = here.way->written();
    std::string const excuse =
        "us: 12 lines of the log lost: more was said than could be written\n";
    BOOST_TEST(text.size() == std::string("first\n").size() + lines * 5 + excuse.size());
    BOOST_TEST(text.ends_with("more\n" + excuse));
}

BOOST_AUTO_TEST_CASE(a_loss_is_said_where_it_was_when_lines_go_on) {
    gated_queue here;
    shut(here);
    std::string const line(base::log_queue::max_bytes / 2, 'x');
    for (int i = 0; i < 3; ++i) {
        here.say(line);
    }
    here.say("too much, too\n");
    here.way->set(true);
    BOOST_TEST(here.queue.finish(20s));
    here.say("after\n");
    BOOST_TEST(here.queue.finish(20s));
    BOOST_TEST((here.way->written() ==
                "first\n" + line + line +
                    "us: 2 lines of the log lost: more was said than could be written\nafter\n"));
}

BOOST_AUTO_TEST_CASE(a_pipe_that_nobody_reads_and_then_somebody_does) {
    std::array<int, 2> ends{};
    BOOST_REQUIRE_EQUAL(::pipe2(ends.data(), O_CLOEXEC), 0);
    base::descriptor const read(ends[0]);
    base::descriptor const write(ends[1]);
    base::log_queue queue(base::log_to_descriptor(write.get(), "us"), "us");
    auto const say = queue.sink();
    std::string const line = std::string(999, 'x') + "\n";
    for (int i = 0; i < 500; ++i) {
        say(line);
    }
    BOOST_TEST(queue.finish(20s));
    ::fcntl(read.get(), F_SETFL, O_NONBLOCK);
    std::string text;
    auto const drain = [&] {
        std::array<char, 65536> buffer{};
        for (ssize_t got = 0; (got = ::read(read.get(), buffer.data(), buffer.size())) > 0;) {
            text.append(buffer.data(), static_cast<std::size_t>(got));
        }
    };
    drain();
    auto const lost = 500 - text.size() / line.size();
    say("after\n");
    BOOST_TEST(queue.finish(20s));
    drain();
    BOOST_TEST(text.ends_with("us: " + std::to_string(lost) +
                              " lines of the log lost: nobody read it in time\nafter\n"));
}

BOOST_AUTO_TEST_CASE(a_sink_that_blocks_for_ever_does_not_keep_the_end) {
    auto const way = std::make_shared<gate>();
    way->set(false);
    base::log::sink kept;
    auto const begun = std::chrono::steady_clock::now();
    {
        base::log_queue queue([way](std::string_view line) { way->write(line); });
        kept = queue.sink();
        kept("hangs\n");
        kept("never said\n");
    }
    BOOST_TEST((std::chrono::steady_clock::now() - begun < 10s));
    kept("a sink that outlives its queue loses lines\n");
    way->set(true); // the thread that was left behind goes on with what is its own
    BOOST_TEST(test::eventually([&] { return way->written() == "hangs\nnever said\n"; }));
}

BOOST_AUTO_TEST_CASE(what_was_said_before_the_end_is_written) {
    auto const way = std::make_shared<gate>();
    {
        base::log_queue queue([way](std::string_view line) { way->write(line); });
        queue.sink()("last words\n");
    }
    BOOST_TEST(way->written() == "last words\n");
}

BOOST_AUTO_TEST_CASE(a_sink_that_throws_loses_the_line_and_is_asked_again) {
    auto const way = std::make_shared<gate>();
    auto const broken = std::make_shared<std::atomic<bool>>(true);
    base::log_queue queue(
        [way, broken](std::string_view line) {
            if (*broken) {
                throw std::runtime_error("broken");
            }
            way->write(line);
        },
        "us");
    auto const say = queue.sink();
    say("lost\n");
    BOOST_TEST(queue.finish(20s));
    *broken = false;
    say("after\n");
    BOOST_TEST(queue.finish(20s));
    BOOST_TEST(way->written() ==
               "us: 1 line of the log lost: more was said than could be written\nafter\n");
}

BOOST_AUTO_TEST_CASE(its_thread_takes_no_signal) {
    auto const blocked = std::make_shared<std::atomic<int>>(0);
    base::log_queue queue([blocked](std::string_view) {
        ::sigset_t mask{};
        ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
        for (int const one : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD}) {
            *blocked += ::sigismember(&mask, one);
        }
    });
    queue.sink()("line\n");
    BOOST_TEST(queue.finish(20s));
    BOOST_TEST(*blocked == 5);
    ::sigset_t mask{};
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    BOOST_TEST(::sigismember(&mask, SIGTERM) == 0); // who made the queue keeps his mask
}

BOOST_AUTO_TEST_SUITE_END()
