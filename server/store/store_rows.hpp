#pragma once
// What the store (store.hpp) is given and gives back: servers, orders, reports, and how much of
// them is kept.

#include "base/wall_clock.hpp"
#include "server/security/secrets.hpp"
#include "server/values/taken_value.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::net::api {
struct parsed_report;
}

namespace trafikito::server::store {

/// doc/protocol.md, "Facts about the operating system".
struct os_facts {
    std::string os;
    std::string codename;
    std::string release;
    std::string centos_flavor;

    friend bool operator==(os_facts const&, os_facts const&) = default;
};

struct server_row {
    std::string id;
    std::string name;
    security::digest key{};
    base::wall_time created;
    os_facts os;
    std::string available;                          ///< valid lines of its available_commands.sh
    std::optional<std::vector<std::string>> wanted; ///< nothing: all that are available
    std::chrono::seconds delay{0};
    std::optional<base::wall_time> last_order;
    std::optional<base::wall_time> last_report;      ///< when one arrived, late or not
    std::optional<base::wall_time> last_data;        ///< when the newest data was collected
    std::optional<base::wall_time> several_machines; ///< when more than one was noticed last
    std::int64_t several_machines_times = 0;         ///< how often that was noticed
    std::string last_address;                        ///< of its last report or order; no port
    std::string agent;                               ///< its program and version, as it says
    std::optional<std::chrono::seconds> interval;    ///< between its reports, as it says
    std::int64_t kept_bytes = 0;                     ///< what its reports take together
    std::optional<base::wall_time> quota_reached;    ///< when its oldest reports last gave way
    std::vector<std::string> tags;                   ///< of people
};

/// Where a machine asks from and what it says of itself.
struct contact {
    std::string address; ///< without its port
    std::string agent;
    std::optional<std::chrono::seconds> interval;

    friend bool operator==(contact const&, contact const&) = default;
};

/// An order as the store notes it.
struct given_order {
    std::string token; ///< v1's call token, empty for v2
    contact from;
    std::optional<os_facts> facts; ///< nothing: it did not say
};

/// One of several that are noted together.
struct noted_order {
    std::string_view server_id;
    given_order const* given = nullptr;
    /// Only when the last one was given at least that long ago, or after now; 0: in any case.
    std::chrono::milliseconds pause{0};
};

/// A server that an administrator removed: its agent is told to stop.
struct removed_row {
    std::string id;
    std::string name; ///< when it was removed
    base::wall_time removed;
    security::digest key{};
};

/// What is known of a report beside its sections. All of it must live until it is stored.
struct report_facts {
    std::string_view token; ///< v1's call token; empty: v2
    std::optional<std::int64_t> took;
    std::string_view report_id;               ///< empty: the agent gave none
    std::optional<base::wall_time> collected; ///< of a late report, not after now(); nothing: now
    std::string_view results;                 ///< JSON array; empty: none
    std::optional<std::string> available;     ///< valid lines; nothing: it did not say
    std::vector<values::taken_value> values;  ///< taken out of its outputs, each once
};

struct output_row {
    std::string command;
    std::string bytes;
};

struct report_row {
    std::int64_t id = 0;
    std::int64_t block = 0; ///< in which it is packed; 0: it is not
    std::string server_id;
    std::string server_name;
    base::wall_time received;
    std::optional<base::wall_time> collected; ///< of a late report
    std::string report_id;                    ///< empty: the agent gave none

    /// When the machine was as the report says.
    [[nodiscard]] base::wall_time data_time() const { return collected.value_or(received); }
};

struct feedback_row {
    std::string server_id;
    base::wall_time received;
    std::string code;
    std::string message;
    std::string details;
};

/// A report that is to be stored, and what it belongs to.
struct new_report {
    std::string_view server_id;
    net::api::parsed_report const* report = nullptr;
    report_facts facts;
};

struct stored_report {
    std::int64_t number = 0;
    std::size_t gave_way = 0; ///< older reports of its server, for the quota of one machine
    std::int64_t removed = 0; ///< servers that its enrolment token made, and that came too late
};

/// What became of one of several that were stored together.
struct report_outcome {
    enum class kind : std::uint8_t {
        stored,
        known,     ///< it is stored already
        no_server, ///< there is no such server any more: it was removed
        too_large, ///< it alone is larger than the quota of its machine
    };
    kind what = kind::stored;
    stored_report report;     ///< of `stored`
    bool known_call = true;   ///< its token, if it has one, is of an order that is known here
    bool newest_list = false; ///< its list of commands is its server's from now on
};

/// What settings would delete of what is there.
struct loss {
    std::int64_t by_age = 0;   ///< reports
    std::int64_t by_quota = 0; ///< further reports
    std::int64_t by_size = 0;  ///< and further ones
    std::int64_t bytes = 0;    ///< of all these
    std::int64_t machines = 0; ///< whose they are
    std::int64_t stored = 0;   ///< reports that are there
    std::int64_t values = 0;   ///< blocks of values that go by age, where that is most of them
    std::int64_t blocks = 0;   ///< blocks of values that are there
};

struct store_settings {
    /// How long reports, call tokens and feedback stay, by a clock that is believed
    /// (retention_clock.hpp).
    std::chrono::seconds keep{std::chrono::hours(24 * 7)};
    /// How long values stay, by the same clock.
    std::chrono::seconds keep_values{std::chrono::hours(24 * 90)};
    /// Bytes that are kept of one server; beyond them its oldest reports give way. 0: no bound.
    std::uint64_t machine_quota = 4ULL << 30U;
    /// Bytes of the disk that all together may take; beyond them the oldest goes. 0: no bound.
    std::uint64_t keep_size = 0;
};

/// How it stands with a wall clock.
struct clock_state {
    bool doubted = false;
    base::wall_time expected;           ///< what it should say, of one that is doubted
    std::chrono::milliseconds stood{0}; ///< since it was set
};

} // namespace trafikito::server::store
