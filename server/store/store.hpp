#pragma once
// Everything that the server keeps, in one SQLite file: servers, orders given, reports, feedback.
// The API writes through it, the command line reads through it. It never sees an api key, only its
// SHA-256.

#include "base/wall_clock.hpp"
#include "server/security/secrets.hpp"
#include "server/store/disk_reserve.hpp"
#include "server/store/sqlite.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
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
};

/// What is known of a report beside its sections.
struct report_facts {
    std::string_view token; ///< v1's call token; empty: v2
    std::optional<std::int64_t> took;
    std::string_view report_id;               ///< empty: the agent gave none
    std::optional<base::wall_time> collected; ///< of a late report, not after now(); nothing: now
    std::string_view results;                 ///< JSON array; empty: none
    std::optional<std::string> available;     ///< valid lines; nothing: it did not say
};

struct output_row {
    std::string command;
    std::string bytes;
};

struct report_row {
    std::int64_t id = 0;
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

/// Every member may throw store_error (file damaged, locked for more than 5 s), and store_full.
class store {
public:
    /// `keep`: how long reports, call tokens and feedback stay; older ones go when something is
    /// inserted.
    store(std::filesystem::path const& file, access wanted, base::wall_clock now,
          std::chrono::seconds keep = std::chrono::hours(24 * 7));

    /// Keeps `bytes` of the disk in `file` for the day on which it is full: without them nothing
    /// could be deleted any more, however old. For the one process that serves.
    void hold_reserve(std::filesystem::path const& file, std::uintmax_t bytes);

    [[nodiscard]] base::wall_time now() const { return now_(); }

    /// False, and nothing changes, when the id or the key is in use already.
    bool add_server(std::string_view id, std::string_view name, security::digest const& key);
    std::optional<server_row> find_server(std::string_view id);
    std::optional<server_row> find_server_by_key(security::digest const& key);
    std::vector<server_row> servers();

    void set_os_facts(std::string_view id, os_facts const& facts);
    void set_available(std::string_view id, std::string_view lines);
    void set_wanted(std::string_view id, std::optional<std::vector<std::string>> const& names);
    void set_delay(std::string_view id, std::chrono::seconds delay);

    /// Notes that the server was given an order now; `token` is v1's call token, empty for v2.
    void order_given(std::string_view id, std::string_view token);
    /// Notes that more than one machine asks as this server now.
    void several_machines_seen(std::string_view id);
    bool knows_call(std::string_view id, std::string_view token);

    /// Its number, or nothing when it is stored already: the server's report of that id, or of that
    /// token unless both have an id and these differ. Without id and token (v2) it is never known.
    /// The list of commands and the time of the last data follow the newest data, so that a late
    /// report sets neither back.
    std::optional<std::int64_t> add_report(std::string_view server_id,
                                           net::api::parsed_report const& report,
                                           report_facts const& facts = {});

    /// False, and nothing is stored, when the server sent that code within the last minute.
    bool add_feedback(std::string_view id, std::string_view code, std::string_view message,
                      std::string_view details);

    /// The `count` reports of a server with the newest data up to number `until`, oldest data
    /// first. One that was not late never stands before one that came before it, whatever the
    /// clock did.
    std::vector<report_row>
    last_reports(std::string_view id, std::int64_t count,
                 std::int64_t until = std::numeric_limits<std::int64_t>::max());
    /// Reports of all servers with a higher number, lowest first, at most 100.
    std::vector<report_row> reports_after(std::int64_t id);
    std::int64_t last_report_id();
    std::vector<output_row> outputs(std::int64_t report);
    /// As the agent sent them, a JSON array; empty when it sent none.
    std::string results(std::int64_t report);
    std::vector<feedback_row> feedback(std::string_view id);

    /// Changes when another process has written (PRAGMA data_version).
    std::int64_t data_version();

private:
    int forget_old();
    void forget_all_old();
    bool has_free_pages(std::size_t bytes);
    /// Makes `change`, which stores about so many bytes; on a full disk once more where old reports
    /// have left room for it.
    template <typename Change>
    auto with_room(std::size_t bytes, Change change);

    std::optional<std::int64_t> try_add_report(std::string_view server_id,
                                               net::api::parsed_report const& report,
                                               report_facts const& facts);

    connection database_;
    base::wall_clock now_;
    std::chrono::seconds keep_;
    std::optional<disk_reserve> reserve_;
};

} // namespace trafikito::server::store
