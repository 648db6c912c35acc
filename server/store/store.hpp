#pragma once
// Everything that the server keeps: servers, orders given, reports, feedback, in a database
// (engine.hpp).
// The API writes through it, the command line reads through it. It never sees an api key, only its
// SHA-256.

#include "base/wall_clock.hpp"
#include "server/store/deletions.hpp"
#include "server/store/engine.hpp"
#include "server/store/enrolment.hpp"
#include "server/store/person.hpp"
#include "server/store/refusal.hpp"
#include "server/store/retention_clock.hpp"
#include "server/store/series_cache.hpp"
#include "server/store/store_error.hpp"
#include "server/store/store_rows.hpp"
#include "server/store/value_rows.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trafikito::server::store {

struct report_pack;
struct unreadable_reports;
struct value_pack;
struct verification;

/// Every member may throw store_error (file damaged, locked for more than 5 s), and store_full.
class store {
public:
    /// In one file (sqlite_engine.hpp).
    store(std::filesystem::path const& file, access wanted, base::wall_clock now,
          store_settings settings = {}, std::function<boot_time()> up = time_since_boot);
    /// In whatever it is (open_store.hpp); `wanted` as it was opened.
    store(std::unique_ptr<engine> opened, access wanted, base::wall_clock now,
          store_settings settings = {}, std::function<boot_time()> up = time_since_boot);

    /// From now on.
    void set(store_settings settings) { settings_ = settings; }

    /// Looks at the whole file, as far as that takes no longer; false when it does. Throws
    /// store_damaged.
    bool check(std::chrono::milliseconds bound) { return engine_->check(bound); }

    /// Reads all that is kept, as far as that takes no longer; store_check.hpp has what it finds.
    verification verify(std::chrono::milliseconds bound);

    /// What settings would delete, at once and with the next reports of each machine, when that is
    /// at least 10 reports and more than half: of all reports, or of those of a machine beyond the
    /// quota, whose bytes count as well. Else nothing. A quota of 0 is not looked at.
    std::optional<loss> would_forget_most(store_settings const& planned);
    /// The same of values, by their age alone.
    std::optional<loss> would_forget_most_values(store_settings const& planned);

    /// Deletes a little of what is older than settings allow. False when there is nothing left of
    /// it.
    bool forget_what_is_old();
    /// One step of what is done in the background, of some milliseconds: deletes a little of a
    /// removed server, or of what is older, or more, than settings allow, or gives a little of the
    /// disk back. False when there
    /// is nothing left to do.
    bool tidy();
    /// What is kept takes so many bytes of the disk.
    std::uint64_t used_bytes() { return engine_->used_bytes(); }
    /// What went since this was asked last.
    deletions take_deletions() { return std::exchange(gone_, {}); }
    /// A line for the log when the wall clock is believed no more, or again.
    std::optional<std::string> take_clock_news() { return std::exchange(clock_news_, {}); }

    /// How it stands with the wall clock of the process that keeps house, as of a minute ago.
    clock_state clock();
    /// The word of an administrator: that clock is right, and what is stored grows old by it. It is
    /// heeded within a minute, as long as the clock goes on from what it says now.
    void say_clock_is_right();

    /// Whatever is under way ends with an error soon, and nothing begins any more. From any thread.
    void interrupt() noexcept { database_.interrupt(); }

    /// Keeps `bytes` of the disk, in the file `reserve` beside the database, for the day on which
    /// it is full: without them nothing could be deleted any more, however old. For the one process
    /// that serves; every other one that writes gives them up for a moment, too, and takes them
    /// again.
    void hold_reserve(std::uintmax_t bytes = engine::reserve_bytes);

    [[nodiscard]] base::wall_time now() const { return now_(); }

    /// False, and nothing changes, when the id or the key is in use already.
    bool add_server(std::string_view id, std::string_view name, security::digest const& key);
    std::optional<server_row> find_server(std::string_view id);
    std::optional<server_row> find_server_by_key(security::digest const& key);
    std::vector<server_row> servers();
    /// Those of them that there are.
    std::vector<server_row> servers(std::vector<std::string> const& ids);

    /// Those that an administrator removed, with their keys.
    std::vector<removed_row> removed_servers();

    /// From here on (store_servers.cpp) what an administrator does while another process serves.
    ///
    /// The server goes, and all that it sent. It is not found any more from the first moment on;
    /// what it sent is deleted in small steps, between which others can write, and that may take
    /// minutes. False when there is no such server. What an interruption left, finish_removals()
    /// deletes, and so does tidy().
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
    /// The same of all machines together.
    void set_size_limit(std::uint64_t bytes);
    std::uint64_t size_limit();

    /// Enrolment tokens (enrolment.hpp, store_enrolments.cpp). This one is there from now on.
    void add_token(enrolment_token const& token);
    std::vector<enrolment_token> tokens(); ///< those that were made first come first
    std::optional<enrolment_token> find_token(security::digest const& digest);
    std::vector<security::digest> token_digests();
    std::vector<enrolled_server> enrolled_by(security::digest const& token);
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

    /// People (person.hpp, store_people.cpp), by their names.
    std::vector<person> people();
    std::optional<person> find_person(std::string_view name);
    std::optional<person> find_person(std::int64_t id);
    /// An administrator who has a password is there.
    bool has_working_administrator();
    /// Nothing when there is one of that name. Throws store_too_many.
    std::optional<person> add_person(std::string_view name, person_role role);
    removal remove_person(std::string_view name);
    /// All his sessions end, his links do nothing any more, his devices are known no more. False
    /// when he is not there any more.
    bool set_password(std::int64_t person, std::string_view hash);

    /// By what they are known again (store_sessions.cpp). What is beyond the bounds of person.hpp
    /// goes, the oldest first. What has ended is still found, but for links.
    void add_session(security::digest const& digest, std::int64_t person);
    std::optional<session> find_session(security::digest const& digest);
    /// It was used now; written down once a minute. False when there was nothing to write.
    bool session_seen(security::digest const& digest);
    bool end_session(security::digest const& digest);
    std::int64_t end_sessions(std::int64_t person);
    /// For longer, if it is known already.
    void add_device(security::digest const& digest, std::int64_t person);
    bool knows_device(security::digest const& digest, std::int64_t person);
    void add_link(security::digest const& digest, std::int64_t person, bool enters);
    std::optional<link> find_link(security::digest const& digest);
    /// The same, and it can be used no more: of several that take it, one gets it.
    std::optional<link> take_link(security::digest const& digest);
    /// False when the id or the token is there already. Throws store_too_many.
    bool add_api_token(api_token const& token);
    std::vector<api_token> api_tokens(); ///< those that were made first come first
    std::optional<api_token> find_api_token(security::digest const& digest);
    bool api_token_used(security::digest const& digest); ///< as session_seen()
    bool revoke_api_token(std::string_view id);
    /// All that is changed by `work` is one change: when it throws, nothing was.
    void together(std::function<void()> const& work);
    /// Of all these, what has ended goes: how many.
    std::int64_t forget_ended_sessions();

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
    /// Without a comma in any of them.
    void set_tags(std::string_view id, std::vector<std::string> const& tags);

    /// Notes that the servers were given orders now, all or, when it throws, none. False of one
    /// that had another within its pause, or that is not there any more: then nothing is noted.
    std::vector<bool> orders_given(std::vector<noted_order> const& all);
    void order_given(std::string_view id, given_order const& given);
    /// Notes that more than one machine asks as this server now.
    void several_machines_seen(std::string_view id);
    bool knows_call(std::string_view id, std::string_view token);

    /// Stores all of them, in their order, or, when it throws, none. One is known when the server's
    /// report of that id is, or of that token unless both have an id and these differ; without id
    /// and token (v2) it never is. The list of commands and the time of the last data follow the
    /// newest data, so that a late report sets neither back.
    std::vector<report_outcome> add_reports(std::vector<new_report> const& all);
    /// One of them: its number, or nothing when it is known. Throws store_no_server, as does
    /// add_feedback(), and store_too_large.
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
    /// Those of a server whose place among its reports (the time of their data) is within these, at
    /// most `count`: the newest, newest first, or the oldest, oldest first.
    enum class first_come : std::uint8_t { newest, oldest };
    std::vector<report_row> reports_in(std::string_view id, base::wall_time from,
                                       base::wall_time to, std::int64_t count, first_come order);
    /// Reports of all servers with a higher number, lowest first, at most 100.
    std::vector<report_row> reports_after(std::int64_t id);
    std::int64_t last_report_id();
    std::vector<output_row> outputs(report_row const& report);
    /// As the agent sent them, a JSON array; empty when it sent none.
    std::string results(report_row const& report);
    std::vector<feedback_row> feedback(std::string_view id);
    /// Of all servers, without details: what came since then, at most so many, the oldest first.
    std::vector<feedback_row> recent_feedback(base::wall_time since, std::int64_t count);
    /// The one that came last, without its details.
    std::optional<feedback_row> last_feedback(std::string_view id);

    /// From here on (store_values.cpp) the numbers that were taken out of outputs.
    ///
    /// Of one server, by command, name and instance.
    std::vector<series_row> series(std::string_view server_id);
    /// How they stood from then on, and before `to`; each point stands for `step`, or for more
    /// where no more is known, or there would be more than some 2,000 points of each. 0: as they
    /// came, of some days at most.
    points_of_server points(std::string_view server_id, base::wall_time from, base::wall_time to,
                            std::chrono::milliseconds step);
    /// Those of all servers with a higher number that came within the last hour or two, lowest
    /// first; also of servers that are gone. A number is no report's.
    std::vector<fresh_values_row> values_after(std::int64_t id, std::size_t limit);
    std::int64_t last_values_id();

    /// Other processes may serve machines with it at the same time.
    [[nodiscard]] bool is_shared() const { return database_.kind() != database::engine::sqlite; }

    /// From here on (store_packing.cpp) what the packer asks.
    ///
    /// Whether this process is the one that packs, of several that use one database; until this
    /// store is closed.
    bool packs() { return engine_->packs(); }
    /// As the engine has it.
    bool is_served() { return engine_->is_served(); }
    /// The number of the first report that came within the last hour, or one beyond all.
    std::int64_t first_young_report();
    /// Servers with so many fresh reports (report_pack.hpp), or with one before number `young`,
    /// those with the oldest first: at most 1000 beside those that may have none but what was left
    /// out.
    std::vector<std::string> servers_to_pack(std::int64_t young,
                                             unreadable_reports const& left_out);
    /// Without what was left out: else a server with such a report would be packed one by one.
    bool has_enough_to_pack(std::string_view server_id, std::int64_t young,
                            unreadable_reports const& left_out);
    /// A block of its first reports that are not packed, as many as it takes; nothing when there is
    /// none. One that cannot be read stays as it is, and is left out from then on.
    std::optional<report_pack> pack_oldest(std::string_view server_id,
                                           unreadable_reports& left_out);
    /// The block takes the place of its reports. False, and nothing changes, when one of them is
    /// not there any more as it was.
    bool replace_by_block(report_pack const& pack);

    /// The same of values (store_value_packing.cpp): servers whose fresh ones are to be packed, of
    /// which this is the time (retention_clock.hpp).
    std::vector<std::string> servers_with_values_to_pack(base::wall_time now);
    /// Nothing when there is too little to pack.
    std::optional<value_pack> pack_values(std::string_view server_id, base::wall_time now);
    /// The oldest blocks of a server that are old enough to be thinned; nothing when none are.
    std::optional<value_pack> thin_values(base::wall_time now);
    /// As replace_by_block().
    bool replace_by_block(value_pack const& pack);
    /// By which what is stored grows old.
    base::wall_time time_of_what_is_kept() { return retention_now(); }

    /// Changes when somebody else has changed what is kept.
    std::int64_t data_version() { return engine_->data_version(); }
    /// As engine::roster_version().
    std::int64_t roster_version() { return engine_->roster_version(); }
    std::optional<std::vector<std::string>> changed_since(std::int64_t roster_version) {
        return engine_->changed_since(roster_version);
    }

private:
    /// Some of what is too old; inside of a transaction.
    deletions forget_old(base::wall_time now);
    bool forget_once();
    bool remove_a_little();
    /// Some of those that are kept since before `limit`: how many rows and blocks.
    std::int64_t forget_values(std::int64_t limit);
    /// Some of those that are older than all reports.
    deletions forget_oldest_values();
    /// What a transaction deleted, once it stands.
    void count(deletions const& gone);
    void forget_all_old();
    /// False when no more is kept than settings allow, or nothing is left.
    bool forget_beyond_size();
    /// Throws store_no_server; store_damaged when the server is there and cannot be found.
    void require_server(std::string_view id);
    [[nodiscard]] bool is_beyond_quota(std::size_t bytes) const;
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

    class batch; ///< store_reports.cpp
    /// How many tokens gave way to its own.
    std::int64_t note_order(std::string_view id, given_order const& given, std::int64_t kept_since);
    /// A first report counts its machine. When it is the last that its token allows, the others
    /// that wait are removed: how many.
    std::int64_t count_enrolment(std::string_view id, std::int64_t now);
    struct machine_loss;
    /// What is kept since before then is that old.
    base::wall_time limit_of(std::chrono::seconds age);
    std::vector<machine_loss> losses_by_quota(std::uint64_t quota, std::int64_t kept_until);
    void add_loss_by_size(std::uint64_t bound, std::int64_t kept_until,
                          std::set<std::string>& machines, loss& found);
    /// Oldest reports of the server, of which `kept` bytes are there, go until `bytes` more are
    /// within the quota.
    deletions make_way(std::string_view server_id, std::int64_t kept, std::size_t bytes);
    /// The oldest block or report of the server; nothing when there is none.
    deletions delete_oldest(std::string_view server_id);
    [[nodiscard]] std::optional<std::int64_t> fact(std::string_view name);
    void note_bound(std::string_view name, std::uint64_t bytes);
    std::uint64_t noted_bound(std::string_view name);
    void set_fact(std::string_view name, std::optional<std::int64_t> value);
    std::optional<retention_clock::memory> remembered_time();
    void note_time(retention_clock::memory const& what);
    /// What is stored as of later is stored as of `now`: else it would stay for as long.
    void pull_back_future(base::wall_time now);
    bool is_said_right(base::wall_time wall);
    /// What is stored now is stored as of then. Written down when it changes, and once a minute.
    /// Outside of transactions.
    base::wall_time retention_now();
    base::wall_time keeper_now();
    base::wall_time others_now();

    std::unique_ptr<engine> engine_;
    database::connection& database_;
    base::wall_clock now_;
    store_settings settings_;
    std::function<boot_time()> up_;
    std::optional<retention_clock> clock_;                         ///< of a store that is written
    retention_clock::memory noted_{.believed = {}, .doubted = {}}; ///< what is on the disk
    std::optional<std::string> clock_news_;
    bool kept_house_ = false; ///< when it was asked last
    struct told_time {
        base::wall_time time;
        boot_time at;
    };
    std::optional<told_time> told_; ///< by the process that keeps house
    deletions gone_;
    series_cache series_cache_;
};

} // namespace trafikito::server::store
