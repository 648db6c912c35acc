// The store's reports as they come: many in one transaction, each once.
#include "server/store/store.hpp"

#include "net/api/report.hpp"
#include "server/archive/report_body.hpp"
#include "server/store/report_keys.hpp"
#include "server/store/series_batch.hpp"
#include "server/store/store_room.hpp"
#include "server/store/store_time.hpp"

#include <algorithm>
#include <map>

namespace trafikito::server::store {

namespace {

// What a row takes beside what it holds, so that nothing is for nothing. Schema 4 counts the same.
constexpr std::size_t row_of_report = 256;
constexpr std::size_t row_of_output = 64;
constexpr std::size_t bytes_of_value = 16;

#define TRAFIKITO_SERVER                                                                           \
    "SELECT kept_bytes, place_at, last_data_at, CASE WHEN EXISTS (SELECT 1 FROM enrolments WHERE " \
    "server_id = ?1 AND counted_at IS NULL) THEN 1 ELSE 0 END, created_at FROM servers WHERE id "  \
    "= "                                                                                           \
    "?1 AND NOT EXISTS (SELECT 1 FROM removed_servers WHERE id = ?1)"
constexpr std::string_view look_up = TRAFIKITO_SERVER;
constexpr std::string_view look_up_and_hold = TRAFIKITO_SERVER " FOR NO KEY UPDATE";
#undef TRAFIKITO_SERVER

/// What a report counts for: its outputs with their names, its results, and their rows.
std::size_t bytes_of(new_report const& one) {
    auto bytes = row_of_report + one.facts.results.size();
    for (auto const& section : one.report->sections) {
        bytes += row_of_output + section.name.size() + section.output.size();
    }
    return bytes;
}

std::string body_of(new_report const& one) {
    std::vector<archive::output_view> outputs;
    outputs.reserve(one.report->sections.size());
    for (auto const& section : one.report->sections) {
        outputs.push_back({section.name, section.output});
    }
    return archive::write_body(outputs, one.facts.results);
}

} // namespace

/// Reports that are stored together: first all questions, then all changes, so that a database that
/// is far away is asked twice, however many they are.
class store::batch {
public:
    batch(store& kept, std::vector<new_report> const& all, std::int64_t now,
          std::int64_t kept_since);

    /// In the transaction that holds as much as that; false when it must hold all.
    bool store_all(database::holding how);

    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    /// What was stored stands.
    void stands() {
        if (values_) {
            values_->stands();
        }
    }
    std::vector<report_outcome> take_outcomes() { return std::move(outcomes_); }
    [[nodiscard]] deletions const& gone() const { return gone_; }

private:
    struct server {
        bool there = false;
        std::int64_t kept_bytes = 0;
        std::int64_t place = 0; ///< the last of its reports
        std::optional<std::int64_t> last_data;
        std::int64_t created_at = 0;
        bool pending = false; ///< it was made by an enrolment token, and has not reported yet
    };
    /// One report on its way.
    struct item {
        new_report const* what = nullptr;
        server* of = nullptr;
        std::size_t bytes = 0;
        std::string body;
        std::string id_key;    ///< empty: it has no id
        std::string token_key; ///< empty: it has no token
        bool own_token = false;
        std::optional<database::statement> call;
        std::optional<database::statement> inserted;
    };

    void look_up_servers(database::holding how);
    void claim_keys();
    static bool is_known(item& one, database::statement* id, database::statement* known_token,
                         database::statement* token);
    std::int64_t insert(item& one); ///< its place
    /// When the machine was as it says.
    [[nodiscard]] std::int64_t data_at(item const& one) const {
        auto const& collected = one.what->facts.collected;
        return collected ? to_stored(*collected) : now_;
    }
    /// True when its list of commands is the server's from now on.
    bool update_server(item const& one, std::int64_t place, std::int64_t gone);

    store& kept_;
    database::connection& database_;
    std::int64_t now_;
    std::int64_t kept_since_;
    std::size_t bytes_ = 0;
    std::map<std::string_view, server> servers_;
    std::vector<item> items_;
    std::vector<report_outcome> outcomes_;
    deletions gone_;
    std::optional<series_batch> values_;
};

store::batch::batch(store& kept, std::vector<new_report> const& all, std::int64_t now,
                    std::int64_t kept_since)
    : kept_(kept), database_(kept.database_), now_(now), kept_since_(kept_since) {
    items_.reserve(all.size());
    for (auto const& each : all) {
        auto& one = items_.emplace_back();
        one.what = &each;
        one.of = &servers_[each.server_id];
        one.bytes = bytes_of(each);
        bytes_ += one.bytes + (each.facts.available ? each.facts.available->size() : 0) +
                  bytes_of_value * each.facts.values.size();
        one.body = body_of(each);
        if (!each.facts.report_id.empty()) {
            one.id_key = key_of_id(each.server_id, each.facts.report_id);
        }
        if (!each.facts.token.empty()) {
            one.token_key = key_of_token(each.server_id, each.facts.token);
        }
    }
}

// By their ids: two processes that hold the same servers do not wait for each other in a circle.
void store::batch::look_up_servers(database::holding how) {
    bool const holds =
        database_.kind() != database::engine::sqlite && how == database::holding::shared;
    std::vector<database::statement> asked;
    asked.reserve(servers_.size());
    for (auto const& [id, unknown] : servers_) {
        asked.push_back(database_.prepare(holds ? look_up_and_hold : look_up));
        asked.back().text(id).send();
    }
    for (auto& one : items_) {
        one.call.reset();
        if (!one.token_key.empty()) {
            one.call.emplace(
                database_.prepare("SELECT 1 FROM calls WHERE token = ? AND server_id = ?"));
            one.call->text(one.what->facts.token).text(one.what->server_id).send();
        }
    }
    auto answer = asked.begin();
    for (auto& [id, one] : servers_) {
        one = {};
        one.there = answer->step();
        if (one.there) {
            one.kept_bytes = answer->number_at(0);
            one.place = answer->number_at(1);
            one.last_data = answer->null_at(2) ? std::nullopt : std::optional(answer->number_at(2));
            one.pending = answer->number_at(3) != 0;
            one.created_at = answer->number_at(4);
        } else {
            kept_.engine_->require_absent(id);
        }
        ++answer;
    }
}

// An id is the agent's own word for which report this is; a token stands for one where either has
// no id, as a shell agent's.
bool store::batch::is_known(item& one, database::statement* id, database::statement* known_token,
                            database::statement* token) {
    bool known = id != nullptr && id->run() == 0;
    if (known_token != nullptr) {
        known = (known_token->step() && (one.id_key.empty() || known_token->number_at(0) == 0)) ||
                known;
        one.own_token = token->run() == 1 && !known;
    }
    return known;
}

void store::batch::claim_keys() {
    struct claim {
        std::optional<database::statement> id;
        std::optional<database::statement> known_token;
        std::optional<database::statement> token;
    };
    auto const insert_key = [&](std::string const& key, bool has_id) {
        auto sent = database_.prepare("INSERT INTO report_keys (key, day, has_id) "
                                      "VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
        sent.blob(key).number(day_of(kept_since_)).number(has_id ? 1 : 0).send();
        return sent;
    };
    std::vector<claim> claims(items_.size());
    for (std::size_t at = 0; at < items_.size(); ++at) {
        auto const& one = items_[at];
        if (outcomes_[at].what != report_outcome::kind::stored) {
            continue;
        }
        if (!one.id_key.empty()) {
            claims[at].id = insert_key(one.id_key, true);
        }
        if (!one.token_key.empty()) {
            auto& known = claims[at].known_token.emplace(
                database_.prepare("SELECT has_id FROM report_keys WHERE key = ?"));
            known.blob(one.token_key).send();
            claims[at].token = insert_key(one.token_key, !one.id_key.empty());
        }
    }
    auto const pointer = [](auto& one) { return one ? &*one : nullptr; };
    for (std::size_t at = 0; at < items_.size(); ++at) {
        auto& mine = claims[at];
        if (is_known(items_[at], pointer(mine.id), pointer(mine.known_token),
                     pointer(mine.token))) {
            outcomes_[at].what = report_outcome::kind::known;
        }
    }
}

// What the server's row says follows the newest data. A last_data_at after now is of a clock that
// was wrong once: it shall not make a machine look alive for as long.
bool store::batch::update_server(item const& one, std::int64_t place, std::int64_t gone) {
    auto& of = *one.of;
    auto const& facts = one.what->facts;
    auto const at = data_at(one);
    bool const newest_list =
        facts.available && (!facts.collected || !of.last_data || *of.last_data <= at);
    if (newest_list) {
        database_.prepare("UPDATE servers SET available = ?2 WHERE id = ?1 AND available <> ?2")
            .text(one.what->server_id)
            .blob(*facts.available)
            .send();
    }
    bool const newer_known = of.last_data && *of.last_data > at && *of.last_data <= now_;
    of.last_data = newer_known ? of.last_data : at;
    of.place = std::max(of.place, place);
    auto const more = static_cast<std::int64_t>(one.bytes) - gone;
    of.kept_bytes += more;
    database_
        .prepare("UPDATE servers SET last_report_at = ?2, last_data_at = ?3, place_at = ?4, "
                 "kept_bytes = kept_bytes + ?5 WHERE id = ?1")
        .text(one.what->server_id)
        .number(now_)
        .number(*of.last_data)
        .number(of.place)
        .number(more)
        .send();
    return newest_list;
}

// The place of a report that is not late is behind all others, also when the clock was set back.
std::int64_t store::batch::insert(item& one) {
    auto const& facts = one.what->facts;
    auto const place =
        facts.collected ? to_stored(*facts.collected) : std::max(now_, one.of->place);
    auto& row = one.inserted.emplace(database_.prepare(
        "INSERT INTO reports (server_id, received_at, data_at, kept_since, collected_at, took, "
        "token, report_id, bytes, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"));
    row.text(one.what->server_id).number(now_).number(place).number(kept_since_);
    facts.collected ? row.number(place) : row.null();
    facts.took ? row.number(*facts.took) : row.null();
    one.own_token ? row.text(facts.token) : row.null();
    facts.report_id.empty() ? row.null() : row.text(facts.report_id);
    row.number(static_cast<std::int64_t>(one.bytes)).blob(one.body).send();
    return place;
}

bool store::batch::store_all(database::holding how) {
    using kind = report_outcome::kind;
    outcomes_.assign(items_.size(), {});
    gone_ = {};
    auto& values = values_.emplace(database_, kept_.series_cache_);
    look_up_servers(how);
    bool const counts_machines =
        std::ranges::any_of(servers_, [](auto const& each) { return each.second.pending; });
    if (counts_machines && how != database::holding::all) {
        return false;
    }
    for (std::size_t at = 0; at < items_.size(); ++at) {
        auto& call = items_[at].call;
        outcomes_[at].known_call = !call || call->step();
        call.reset();
    }
    kept_.engine_->require_room(bytes_);
    for (std::size_t at = 0; at < items_.size(); ++at) {
        if (!items_[at].of->there) {
            outcomes_[at].what = kind::no_server;
        } else if (kept_.is_beyond_quota(items_[at].bytes)) {
            outcomes_[at].what = kind::too_large;
        }
    }
    claim_keys();
    for (std::size_t at = 0; at < items_.size(); ++at) {
        auto& one = items_[at];
        if (outcomes_[at].what != kind::stored) {
            continue;
        }
        auto const gave_way = kept_.make_way(one.what->server_id, one.of->kept_bytes, one.bytes);
        gone_ += gave_way;
        outcomes_[at].report.gave_way = static_cast<std::size_t>(gave_way.reports);
        auto const place = insert(one);
        outcomes_[at].newest_list = update_server(one, place, gave_way.bytes);
        values.add(one.what->server_id, one.of->created_at, data_at(one), one.what->facts.values);
        if (std::exchange(one.of->pending, false)) {
            outcomes_[at].report.removed = kept_.count_enrolment(one.what->server_id, now_);
        }
    }
    for (std::size_t at = 0; at < items_.size(); ++at) {
        if (outcomes_[at].what == kind::stored) {
            auto& row = *items_[at].inserted;
            row.step();
            outcomes_[at].report.number = row.number_at(0);
            row.run(); // to its end: only then it is done
        }
    }
    values.write(kept_since_);
    return true;
}

std::vector<report_outcome> store::add_reports(std::vector<new_report> const& all) {
    auto const kept_since = to_stored(retention_now());
    batch together(*this, all, to_stored(now_()), kept_since);
    engine_->prepare_for(together.bytes(), day_of(kept_since));
    auto const try_to = [&](database::holding how) {
        database::transaction change(database_, how);
        bool const done = together.store_all(how);
        if (done) {
            change.commit();
        }
        return done;
    };
    bool const shares = database_.kind() != database::engine::sqlite;
    with_room(together.bytes(), [&] {
        return (shares && try_to(database::holding::shared)) || try_to(database::holding::all);
    });
    together.stands();
    count(together.gone());
    return together.take_outcomes();
}

std::optional<stored_report> store::add_report(std::string_view server_id,
                                               net::api::parsed_report const& report,
                                               report_facts const& facts) {
    auto const outcome =
        add_reports({{.server_id = server_id, .report = &report, .facts = facts}}).front();
    switch (outcome.what) {
    case report_outcome::kind::no_server:
        throw store_no_server("there is no such server any more: it was removed");
    case report_outcome::kind::too_large:
        throw store_too_large("a report is larger than all that is kept of one machine");
    case report_outcome::kind::known:
        return std::nullopt;
    case report_outcome::kind::stored:
        break;
    }
    return outcome.report;
}

} // namespace trafikito::server::store
