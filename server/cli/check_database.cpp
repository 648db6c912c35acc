// What serve would find in the database.
#include "base/shell_quoting.hpp"
#include "base/units.hpp"
#include "server/cli/check_parts.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/feared_loss.hpp"
#include "server/cli/shared_identity.hpp"
#include "server/database/postgres_address.hpp"
#include "server/store/postgres_engine.hpp"
#include "server/store/postgres_schema.hpp"
#include "server/store/sqlite_schema.hpp"
#include "server/store/store_check.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace trafikito::server::cli {

namespace {

namespace fs = std::filesystem;
using level = check_findings::level;

constexpr std::chrono::seconds usual_time{5};
constexpr std::chrono::hours all_time{24 * 365};

/// Whether everything that was stored is in the file itself.
bool log_is_empty(fs::path const& file) {
    std::error_code none;
    auto const size = fs::file_size(file.string() + "-wal", none);
    return none || size == 0;
}

/// Opened to be looked at: where nobody has it open and its log is empty, nothing is made beside
/// it.
store::access gentle_access(checked const& what, fs::path const& file) {
    return !what.served_by && log_is_empty(file) ? store::access::unchanging
                                                 : store::access::read_only;
}

std::string words_for_whole(checked const& what, database::sqlite& opened) {
    bool const all = opened.quick_check(what.full ? all_time : usual_time, what.full);
    return all ? ""
               : ", looked at for " + base::in_seconds(usual_time) +
                     " only (`--full` looks at "
                     "all of it)";
}

/// What serve would delete of it because of its limits, or refuse to.
void check_loss(checked const& what, store::store& kept, std::string const& name,
                check_findings& found) {
    if (what.served_by || what.options.yes) {
        return;
    }
    if (auto const loss = feared_loss(kept, what.limits, kept.machine_quota(), kept.size_limit())) {
        found.add(level::error, name, *loss + ", so serve refuses to start",
                  "Give --keep, --keep-size or --machine-quota, or the key in the file of limits, "
                  "a larger "
                  "value, or --yes if that is meant.");
    }
}

/// Each report and block, decoded: what SQLite does not see.
void check_reports(store::store& kept, bool full, std::string const& name, check_findings& found) {
    auto const all = kept.verify(full ? all_time : usual_time);
    auto const mend = "All others can be read. It goes when it is too old; until then `outputs` "
                      "says what it cannot show.";
    for (auto const& fault : all.faults) {
        found.add(level::error, name, fault, mend);
    }
    if (all.more != 0) {
        found.add(level::error, name, base::count_of(all.more, "more fault") + " of the same kinds",
                  {});
    }
}

std::string look_at_content(checked& what, store::store& kept, std::string const& name,
                            check_findings& found) {
    check_reports(kept, what.full, name, found);
    check_loss(what, kept, name, found);
    what.machines = kept.servers().size();
    auto const now = kept.now();
    auto const tokens = kept.tokens();
    auto const valid = std::ranges::count_if(
        tokens, [&](auto const& one) { return state_of(one, now) == store::token_state::valid; });
    bool const ahead = std::ranges::any_of(
        tokens, [&](auto const& one) { return state_of(one, now) == store::token_state::not_yet; });
    if (ahead) {
        found.add(level::warning, name,
                  "an enrolment token was made at a time that this clock has not reached, and "
                  "enrols nobody until then",
                  "Set this machine's clock (timedatectl), or revoke the token "
                  "(`trafikito-server tokens`).");
    }
    return ", " + base::count_of(what.machines, "server") + ", " +
           base::count_of(static_cast<std::size_t>(valid), "valid enrolment token");
}

std::string look_at_database(checked& what, fs::path const& file, check_findings& found) {
    auto const how = gentle_access(what, file);
    int version = 0;
    std::string words;
    {
        database::sqlite opened(file, how);
        version = store::usable_version(opened);
        words = "schema " + std::to_string(version) + words_for_whole(what, opened);
    }
    if (version < store::schema_version()) {
        return words + ", which the next start makes " + std::to_string(store::schema_version());
    }
    store::store kept(file, how, system_now);
    return words + look_at_content(what, kept, file.string(), found);
}

std::string look_at_postgres(checked& what, std::string const& name, check_findings& found) {
    int version = 0;
    {
        database::postgres opened(*what.database, store::access::read_only);
        version = store::usable_version(opened);
    }
    if (version == 0) {
        return "an empty PostgreSQL, serve makes its tables";
    }
    auto words = "a PostgreSQL, schema " + std::to_string(version);
    if (version < store::postgres_schema_version()) {
        return words + ", which the next start makes " +
               std::to_string(store::postgres_schema_version());
    }
    auto opened =
        std::make_unique<store::postgres_engine>(*what.database, store::access::read_only);
    auto const identity = review_identity(opened->connection(), what.options);
    what.shares_identity = identity.is_there;
    for (auto const& fault : identity.faults) {
        found.add_text(what.options.data.string(), fault);
    }
    store::store kept(std::move(opened), store::access::read_only, system_now);
    return words + look_at_content(what, kept, name, found);
}

std::string check_postgres(checked& what, check_findings& found) {
    auto const name = "the database " + database::shown_address(*what.database);
    try {
        return look_at_postgres(what, name, found);
    } catch (std::exception const& failed) {
        std::string const words = failed.what();
        found.add_text(name, words.starts_with(name + ' ') ? words.substr(name.size() + 1) : words);
        return "a PostgreSQL that cannot be used";
    }
}

/// The process has files open that nobody sees any more.
void add_lost(checked const& what, fs::path const& file, check_findings& found) {
    auto const& lost = what.lost;
    auto const pid = std::to_string(*what.served_by);
    auto const saved = file.string() + ".saved";
    auto copy =
        "kill -STOP " + pid + "; cp " + lost.front().string() + ' ' + base::shell_quoted(saved);
    if (lost.size() > 1) {
        copy += "; cp " + lost[1].string() + ' ' + base::shell_quoted(saved + "-wal");
    }
    auto move_back = "mv " + base::shell_quoted(saved) + ' ' + base::shell_quoted(file.string());
    if (lost.size() > 1) {
        move_back += " && mv " + base::shell_quoted(saved + "-wal") + ' ' +
                     base::shell_quoted(file.string() + "-wal");
    }
    found.add(level::error, file.string(),
              "it was deleted while process " + pid +
                  " serves it: what comes goes into a file that nobody else sees, and is lost when "
                  "that process ends",
              "Save it, end that process, put it back, and start the server again: `" + copy +
                  "; kill -KILL " + pid + "; " + move_back + "`.");
}

} // namespace

std::string check_database(checked& what, check_findings& found) {
    if (what.database) {
        return check_postgres(what, found);
    }
    auto const file = database_file(what.options.data);
    std::error_code none;
    if (!what.lost.empty()) {
        add_lost(what, file, found);
        return "a database that was deleted";
    }
    if (fs::symlink_status(file, none).type() == fs::file_type::not_found) {
        if (what.served_by) {
            found.add(
                level::error, file.string(),
                "it is not there, and a server serves this directory: what comes is lost with "
                "that process",
                "Put the database back and start that server anew.");
            return "no database";
        }
        if (!log_is_empty(file)) {
            found.add(level::error, file.string(),
                      "it is not there, but its log " + file.string() +
                          "-wal is, which may hold what was accepted last",
                      "Put the database back, or move the log away to begin with an empty one.");
        }
        return "no database yet, serve makes one";
    }
    try {
        return look_at_database(what, file, found);
    } catch (std::exception const& failed) {
        found.add_text(file.string(), failed.what());
        return "a database that cannot be used";
    }
}

} // namespace trafikito::server::cli
