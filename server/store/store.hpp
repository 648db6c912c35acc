#pragma once
// Everything that the server keeps, in one SQLite file: servers, orders given, reports, feedback.
// The API writes through it, the command line reads through it. It never sees an api key, only its
// SHA-256.

#include "base/wall_clock.hpp"
#include "server/security/secrets.hpp"
#include "server/store/disk_reserve.hpp"
#include "server/store/enrolment.hpp"
#include "server/store/refusal.hpp"
#include "server/store/retention_clock.hpp"
#include "server/store/sqlite.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

/// A server that an administrator removed: its agent is told to stop.
struct removed_row {
    std::string id;
    std::string name; ///< when it was removed
    base::wall_time removed;
    security::digest key{};
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

struct stored_report {
    std::int64_t number = 0;
    std::size_t gave_way = 0; ///< older reports of its server, for the quota of one machine
    std::int64_t removed = 0; ///< servers that its enrolment token made, and that came too late
};

/// What went because of its age, or for a quota.
struct deletions {
    std::int64_t reports = 0;
    std::int64_t bytes = 0; ///< of these
    std::int64_t calls = 0;
    std::int64_t feedback = 0;
};

/// What settings would delete of what is there.
struct loss {
    std::int64_t by_age = 0;   ///< reports
    std::int64_t by_quota = 0; ///< further reports
    std::int64_t bytes = 0;    ///< of all these
    std::int64_t machines = 0; ///< whose they are
    std::int64_t stored = 0;   ///< reports that are there
};

struct store_settings {
    /// How long reports, call tokens and feedback stay, by a clock that is believed
    /// (retention_clock.hpp).
    std::chrono::seconds keep{std::chrono::hours(24 * 7)};
    /// Bytes that are kept of one server; beyond them its oldest reports give way. 0: no bound.
    std::uint64_t machine_quota = 4ULL << 30U;
};

/// One report alone is larger than the quota of its machine.
class store_too_large : public store_error {
public:
    using store_error::store_error;
};

/// There is no such server any more: it was removed.
class store_no_server : public store_error {
public:
    using store_error::store_error;
};

/// Every member may throw store_error (file damaged, locked for more than 5 s), and store_full.
class store {
public:
    // SQLite's log is emptied at 4 MiB; one report is at most 16 MiB.
    static constexpr std::uintmax_t reserve_bytes = 8UL * 1024 * 1024;

    store(std::filesystem::path const& file, access wanted, base::wall_clock now,
          store_settings settings = {}, std::function<boot_time()> up = time_since_boot);

    /// From now on.
    void set(store_settings settings) { settings_ = settings; }

    /// Looks at the whole file, as far as that takes no longer; false when it does. Throws
    /// store_damaged.
    bool check(std::chrono::milliseconds bound);

    /// What settings would delete, at once and with the next reports of each machine, when that is
    /// at least 10 reports and more than half: of all reports, or of those of a machine beyond the
    /// quota, whose bytes count as well. Else nothing. A quota of 0 is not looked at.
    std::optional<loss> would_forget_most(store_settings const& planned);

    /// Deletes some of what is older than settings allow; what is inserted does the same. Call it
    /// once in a while, for times in which nothing comes.
    /// False when there is nothing left of it.
    bool forget_what_is_old();
    /// What went since this was asked last.
    deletions take_deletions() { return std::exchange(gone_, {}); }
    /// A line for the log when the wall clock is believed no more, or again.
    std::optional<std::string> take_clock_news() { return std::exchange(clock_news_, {}); }

    /// Whatever is under way ends with an error soon, and nothing begins any more. From any thread.
    void interrupt() noexcept { database_.interrupt(); }

    /// Keeps `bytes` of the disk, in the file `reserve` beside the database, for the day on which
    /// it is full: without them nothing could be deleted any more, however old. For the one process
    /// that serves; every other one that writes gives them up for a moment, too, and takes them
    /// again.
    void hold_reserve(std::uintmax_t bytes = reserve_bytes);

    [[nodiscard]] base::wall_time now() const { return now_(); }

    /// False, and nothing changes, when the id or the key is in use already.
    bool add_server(std::string_view id, std::string_view name, security::digest const& key);
    std::optional<server_row> find_server(std::string_view id);
    std::optional<server_row> find_server_by_key(security::digest const& key);
    std::vector<server_row> servers();

    /// Those that an administrator removed, with their keys.
    std::vector<removed_row> removed_servers();

    /// From here on (store_servers.cpp) what an administrator does while another process serves.
    ///
    /// The server goes, and all that it sent. It is not found any more from the first moment on;
    /// what it sent is deleted in small steps, between which others can write, and that may take
    /// minutes. False when there is no such server. What an interruption left, finish_removals()
    /// deletes.
    bool remove_server(std::string_view id);
    bool begin_removal(std::string_view id); ///< nothing has changed when this throws
    void finish_removal(std::string_view id);
    void finish_removals();
    /// Those of whom something is left.
    std::vector<removed_row> unfinished_removals();
    /// As add_server(), by the administrator's word: that the id or the key was removed once is
    /// forgotten.
    bool add_server_anew(std::string_view id, std::string_view name, security::digest const& key);
    /// False, here and below, when there is no such server, or the key was another's.
    bool rename_server(std::string_view id, std::string_view name);
    bool set_key(std::string_view id, security::digest const& key);
    std::optional<removed_row> find_removed(std::string_view id);
    std::optional<removed_row> find_removed(std::string_view id, security::digest const& key);
    std::optional<removed_row> find_removed_by_key(security::digest const& key);
    /// Of what is kept: when its oldest data was collected, and how many reports.
    std::optional<base::wall_time> oldest_data(std::string_view id);
    std::int64_t count_reports(std::string_view id);
    /// What the serving process keeps of one machine at most, for others to show; 0: no bound.
    void set_machine_quota(std::uint64_t bytes);
    std::uint64_t machine_quota();

    /// Enrolment tokens (enrolment.hpp, store_enrolments.cpp). This one is there from now on.
    void add_token(enrolment_token const& token);
    std::vector<enrolment_token> tokens(); ///< those that were made first come first
    std::optional<enrolment_token> find_token(security::digest const& digest);
    std::vector<security::digest> token_digests();
    /// It enrols nobody from now on. Servers that it made and that have not reported are removed:
    /// how many; nothing when there is no such token.
    std::optional<std::int64_t> revoke_token(security::digest const& digest);
    /// As if it had never been.
    void forget_token(security::digest const& digest);
    struct enrolled {
        enrolment_outcome outcome;
        std::optional<server_row> row; ///< of `made` and `again`
    };
    enrolled enrol(enrolment_request const& wanted);
    /// `made`: this token made that server, which may send its list of commands.
    enrolment_outcome may_send_commands(security::digest const& digest, std::string_view id);
    /// What ended long ago goes, and so do the servers that have never reported: how many.
    std::int64_t forget_ended_tokens();

    /// Adds to what is known of each (store_refusals.cpp). Of servers that are not there nothing is
    /// kept; of strangers and addresses what came last, within the bounds of refusal.hpp.
    void note_refusals(std::vector<refusal> const& all);
    /// The one that came last comes first.
    std::vector<refusal> refusals(refusal::whose about, std::string_view name);
    std::vector<refusal> refusals(refusal::whose about);

    void set_os_facts(std::string_view id, os_facts const& facts);
    void set_available(std::string_view id, std::string_view lines);
    void set_wanted(std::string_view id, std::optional<std::vector<std::string>> const& names);
    void set_delay(std::string_view id, std::chrono::seconds delay);

    /// Notes that the server was given an order now.
    void order_given(std::string_view id, given_order const& given);
    /// Notes that more than one machine asks as this server now.
    void several_machines_seen(std::string_view id);
    bool knows_call(std::string_view id, std::string_view token);

    /// Its number, or nothing when it is stored already: the server's report of that id, or of that
    /// token unless both have an id and these differ. Without id and token (v2) it is never known.
    /// The list of commands and the time of the last data follow the newest data, so that a late
    /// report sets neither back. Throws store_no_server, as does add_feedback().
    std::optional<stored_report> add_report(std::string_view server_id,
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
    /// The one that came last, without its details.
    std::optional<feedback_row> last_feedback(std::string_view id);

    /// Changes when another process has written (PRAGMA data_version).
    std::int64_t data_version();

private:
    /// Some of what is too old; inside of a transaction.
    deletions forget_old(base::wall_time now);
    /// What a transaction deleted, once it stands.
    void count(deletions const& gone);
    void forget_all_old();
    bool has_free_pages(std::size_t bytes);
    /// So that what is accepted can always be moved from SQLite's log into the database, at worst
    /// with the reserve's room. Throws store_full.
    void require_room(std::size_t bytes);
    void keep_log_short();
    /// Throws store_no_server; store_damaged when the server is there and cannot be found.
    void require_server(std::string_view id);
    /// Makes `change`, which stores about so many bytes; on a full disk once more where old reports
    /// have left room for it.
    template <typename Change>
    auto with_room(std::size_t bytes, Change change);
    /// Makes a change that frees room or takes next to none; on a full disk in that of the reserve.
    template <typename Change>
    auto with_reserve(Change change);
    /// The same as one transaction, or as part of the one that is under way.
    template <typename Change>
    auto small_change(Change change);

    std::optional<stored_report> try_add_report(std::string_view server_id,
                                                net::api::parsed_report const& report,
                                                report_facts const& facts);
    /// A first report counts its machine. When it is the last that its token allows, the others
    /// that wait are removed: how many.
    std::int64_t count_enrolment(std::string_view id, std::int64_t now);
    struct machine_loss;
    std::vector<machine_loss> losses_by_quota(std::uint64_t quota, std::int64_t kept_until);
    /// Oldest reports of the server go until `bytes` more are within the quota.
    deletions make_way(std::string_view server_id, std::size_t bytes);
    [[nodiscard]] std::optional<std::int64_t> fact(std::string_view name);
    void set_fact(std::string_view name, std::optional<std::int64_t> value);
    std::optional<retention_clock::memory> remembered_time();
    void note_time(retention_clock::memory const& what);
    /// What is stored as of later is stored as of `now`: else it would stay for as long.
    void pull_back_future(base::wall_time now);
    /// What is stored now is stored as of then. Written down when it changes, and once a minute.
    /// Outside of transactions.
    base::wall_time retention_now();

    connection database_;
    base::wall_clock now_;
    store_settings settings_;
    std::function<boot_time()> up_;
    disk_reserve reserve_;
    bool holds_reserve_ = false;
    std::optional<retention_clock> clock_;                         ///< of a store that is written
    retention_clock::memory noted_{.believed = {}, .doubted = {}}; ///< what is on the disk
    std::optional<std::string> clock_news_;
    deletions gone_;
};

} // namespace trafikito::server::store
