#pragma once
// The machines of the load and their clock: cycles begin when they are due, whether earlier ones
// have ended or not, as real machines do it. One thread.

#include "test/bench/load_client.hpp"
#include "test/bench/load_reports.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <vector>

namespace trafikito::test::bench {

/// What cycles came to in one second.
struct load_second {
    std::size_t accepted = 0;
    std::size_t unheard = 0;                           ///< closed without an answer
    std::vector<std::chrono::microseconds> busy_times; ///< from connect to 503, one each
};

/// What came of the cycles that began in some time.
struct load_result {
    std::size_t begun = 0;
    std::size_t accepted = 0; ///< reports that were answered OK
    std::size_t busy = 0;     ///< answered 503 with Retry-After
    std::size_t refused = 0;  ///< answered otherwise
    std::size_t failed = 0;   ///< no connection, no answer
    std::size_t orders = 0;
    std::size_t handshakes = 0;
    std::size_t resumed = 0;
    double seconds = 0;                                ///< until the last of them had ended
    std::vector<std::chrono::microseconds> save_times; ///< of `accepted`, sorted
    std::vector<std::chrono::microseconds> busy_times; ///< of `busy`: from connect to 503, sorted
    std::vector<std::chrono::microseconds> unheard_times; ///< of `failed`: from connect on, sorted
    std::chrono::steady_clock::time_point begun_at;
    std::vector<load_second> by_second;
    double own_lateness = 0; ///< of the load's own clock, at most; milliseconds. It is in all times

    [[nodiscard]] double save_time(double share) const;    ///< in milliseconds
    [[nodiscard]] double busy_time(double share) const;    ///< in milliseconds
    [[nodiscard]] double unheard_time(double share) const; ///< in milliseconds
    load_second& second_of(std::chrono::steady_clock::time_point now);
    [[nodiscard]] std::size_t troubles() const { return busy + refused + failed; }
};

/// In milliseconds; 0 of nothing.
double at_share(std::vector<std::chrono::microseconds> const& sorted, double share);

struct load_plan {
    double rate = 100; ///< cycles a second
    std::chrono::milliseconds time{10'000};
    bool orders = true;    ///< each cycle asks for its order before
    bool keep = false;     ///< each machine keeps its connection, or makes one for each cycle
    std::size_t among = 0; ///< only the first so many machines; 0: all
};

class load_fleet {
public:
    using accepted_function =
        std::function<void(std::size_t machine, std::size_t variant, std::uint64_t number)>;

    load_fleet(std::size_t machines, report_texts const& texts, load_tls const& tls,
               std::vector<boost::asio::ip::tcp::endpoint> servers);
    ~load_fleet();
    load_fleet(load_fleet const&) = delete;
    load_fleet& operator=(load_fleet const&) = delete;

    /// Gives each machine a session, from some full handshakes: they resume from the first cycle
    /// on, as machines do that have been there for a day. Throws when nobody answers.
    void warm_up();

    /// One after the other, all the machines in turn; until the last cycle has ended.
    load_result run(load_plan const& plan);

    /// So many connections of machines that are kept and do nothing, with a cycle each before.
    std::size_t hold(std::size_t count);
    /// Of those, from which nobody heard that they ended.
    [[nodiscard]] std::size_t held() const;
    void let_go();

    /// Reports of which nobody heard what became of them are sent again, as agents do it, with the
    /// same id. How many there were; those of which nobody heard again are kept for the next time.
    std::size_t send_again();

    /// Called for each report that was answered OK.
    void on_accepted(accepted_function tell) { accepted_ = std::move(tell); }

    /// Ends all that is under way, as quickly as it can.
    void cut();

private:
    struct machine {
        session_ptr session;
        std::unique_ptr<load_connection> kept;
        bool at_work = false;
    };
    struct work; ///< one cycle that has begun
    struct unheard {
        std::size_t machine;
        std::size_t variant;
        std::uint64_t number;
    };

    boost::asio::awaitable<void> cycle(std::size_t index, load_plan plan, load_result& into);
    boost::asio::awaitable<bool> connect(std::size_t index, load_connection& over,
                                         load_result& into);
    boost::asio::awaitable<void> clock(load_plan plan, load_result& into);
    boost::asio::awaitable<void> send_one_again(unheard what);
    boost::asio::awaitable<void> fill(std::size_t count, load_result& into);
    static void note_unheard(work const& what, load_result& into);
    void start(boost::asio::awaitable<void> what);
    void cut_what_takes_too_long();
    void finish();

    boost::asio::io_context context_{1}; ///< outlives their sockets
    std::vector<machine> machines_;
    report_texts const& texts_;
    load_tls const& tls_;
    std::vector<boost::asio::ip::tcp::endpoint> servers_;
    std::list<work*> under_way_;
    std::vector<unheard> unheard_;
    accepted_function accepted_;
    std::size_t next_ = 0;
    std::size_t cycles_ = 0;
    std::uint64_t reports_;
    bool stopping_ = false;
};

} // namespace trafikito::test::bench
