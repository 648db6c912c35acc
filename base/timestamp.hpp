#pragma once
// A point in time that other processes can tell the age of, whatever the wall clock did since: what
// the agent's files hold in place of a date alone. Never used to wait by.

#include <boost/json/value.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace trafikito::base {

struct timestamp {
    std::chrono::milliseconds wall{0}; ///< since 1970 UTC
    std::chrono::milliseconds up{0};   ///< since boot, suspend included (CLOCK_BOOTTIME)
    std::string boot;                  ///< which boot: /proc/sys/kernel/random/boot_id

    static timestamp now();
    /// Never negative; by the wall clock when this is another boot.
    [[nodiscard]] std::chrono::milliseconds age(timestamp const& now) const;

    friend bool operator==(timestamp const&, timestamp const&) = default;
};

/// `null` stands for none. Reading throws where the value is not what was written.
boost::json::value to_json(std::optional<timestamp> const& value);
std::optional<timestamp> optional_timestamp_from(boost::json::value const& value);
timestamp timestamp_from(boost::json::value const& value);

/// RFC 3339 in UTC, by the wall clock of then: `2026-11-23T05:12:51.042Z`.
std::string rfc3339(timestamp const& value);

/// The same for people, in the machine's time zone: `2026-11-23T06:12:51.042+01:00`.
std::string local_time(timestamp const& value);

} // namespace trafikito::base
