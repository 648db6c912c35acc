#pragma once
// How reports get to the API: the one of this cycle first, then those that wait in the spool,
// oldest first and a few a cycle, so that an API that comes back is not flooded. Used by one cycle.

#include "agent/persistence/audit.hpp"
#include "agent/persistence/report_file.hpp"
#include "agent/persistence/report_spool.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "config/settings.hpp"
#include "net/api/client.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace trafikito::agent::cycle {

/// Reports that the spool holds and that are sent in one cycle besides its own.
inline constexpr std::size_t max_late_a_cycle = 4;

/// The status that says of a report that it is too large (RFC 9110).
inline constexpr unsigned content_too_large = 413;

struct delivery_tools {
    config::settings const& settings;
    net::api::client& api;
    base::clock& time;
    base::log& log;
    persistence::report_spool& spool;
    persistence::audit& audit;
};

class delivery {
public:
    explicit delivery(delivery_tools with) : with_(with) {}

    /// Puts the report of this cycle on the disk for good, or says in the log that it cannot.
    void keep(persistence::report_file& report, persistence::report_metadata facts);

    /// When the cycle is over, however it ended, and again before a report is gathered: what was
    /// kept and not accepted moves out of the way. Returns in words why it could not, which the log
    /// says, too: it is still kept then, where the next one would be gathered.
    std::string settle();

    /// Whether the report of this cycle is in the spool: then a later cycle can send it, even of
    /// another process.
    [[nodiscard]] bool kept() const { return number_.has_value(); }

    /// Sends the report of this cycle; one that is accepted leaves the spool. Where the API
    /// refuses it (`status` of the failure is set, and it is not retryable) or does not answer, it
    /// stays there (one that is too large only until the next such one comes); one that is not
    /// there is lost, and the log says so.
    boost::asio::awaitable<net::link::result<void>> send(persistence::report_file const& report,
                                                         net::link::steady_time until);

    /// Sends what waits in the spool, oldest first, at most max_late_a_cycle of them and until
    /// `until`. One that is refused does not end it, an API that does not answer does. One that is
    /// too large for the API is given up.
    boost::asio::awaitable<void> send_late(net::link::steady_time until);

    /// Of a report that is too large: that, what is largest in it, what to set, and what waits.
    /// `largest`: the longest outputs, in words.
    [[nodiscard]] std::string in_words_too_large(std::uint64_t size,
                                                 std::string const& largest) const;

    /// Gives up what is too old or too much for the spool, and says so.
    void tidy();

    /// Reports that send_late() sent and the API accepted.
    [[nodiscard]] std::size_t late_sent() const { return late_sent_; }

private:
    boost::asio::awaitable<bool> send_one(persistence::kept_report late,
                                          net::link::steady_time until);
    void refuse(std::uint64_t number, net::link::failure const& why);
    void give_up(std::uint64_t number, persistence::report_metadata const& facts,
                 std::uint64_t size, net::link::failure const& why);
    void done(std::uint64_t number);
    void record(persistence::report_metadata const& facts, std::uint64_t size,
                net::link::result<void> const& sent);

    delivery_tools with_;
    persistence::report_metadata facts_;
    std::optional<std::uint64_t> number_; ///< in the spool
    std::size_t late_sent_ = 0;
};

} // namespace trafikito::agent::cycle
