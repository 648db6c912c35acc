#include "server/store/table_rows.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::server::store {

namespace {

using kind = database::parameter::kind;

constexpr column number(std::string_view name) {
    return {name, kind::number, false};
}
constexpr column text(std::string_view name, bool unique = false) {
    return {name, kind::text, unique};
}
constexpr column bytes(std::string_view name, bool unique = false) {
    return {name, kind::bytes, unique};
}
constexpr bool unique = true;

/// `a, b`, of the columns from one to another.
std::string names_of(table const& of, std::size_t begin, std::size_t end) {
    std::string names;
    for (auto at = begin; at < end; ++at) {
        names += (at == begin ? "" : ", ") + std::string(of.columns[at].name);
    }
    return names;
}

std::string marks(std::size_t count) {
    std::string all;
    for (std::size_t at = 0; at < count; ++at) {
        all += at == 0 ? "?" : ", ?";
    }
    return all;
}

std::string changes_of(table const& of) {
    std::string all;
    for (auto at = of.keys; at < of.columns.size(); ++at) {
        auto const name = std::string(of.columns[at].name);
        all.append(all.empty() ? "" : ", ").append(name).append(" = excluded.").append(name);
    }
    return all;
}

table::statements sql_of(table const& of) {
    auto const count = of.columns.size();
    auto const keys = names_of(of, 0, of.keys);
    auto const all = names_of(of, 0, count);
    auto const small = of.has_body ? names_of(of, 0, count - 1) + ", length(" +
                                         std::string(of.columns.back().name) + ")"
                                   : all;
    auto const from = " FROM " + std::string(of.name);
    auto const behind = " WHERE (" + keys + ") > (" + marks(of.keys) + ")";
    auto const ordered = " ORDER BY " + keys + " LIMIT ?";
    auto const same = " WHERE (" + keys + ") = (" + marks(of.keys) + ")";
    table::statements sql;
    sql.first = "SELECT " + small + from + ordered;
    sql.next = "SELECT " + small + from + behind + ordered;
    sql.first_whole = "SELECT " + all + from + ordered;
    sql.next_whole = "SELECT " + all + from + behind + ordered;
    sql.find = "SELECT " + all + from + same;
    sql.remove = "DELETE" + from + same;
    sql.write =
        "INSERT INTO " + std::string(of.name) + " (" + all + ") VALUES (" + marks(count) + ")" +
        (of.is_referred_to ? " ON CONFLICT (" + keys + ") DO UPDATE SET " + changes_of(of) : "");
    return sql;
}

std::vector<table> make_tables() {
    std::vector<table> all{
        {.name = "servers",
         .is_referred_to = true,
         .columns = {text("id"),
                     text("name"),
                     bytes("key_digest", unique),
                     number("created_at"),
                     text("os"),
                     text("os_codename"),
                     text("os_release"),
                     text("centos_flavor"),
                     bytes("available"),
                     text("wanted"),
                     number("delay"),
                     number("last_order_at"),
                     number("last_report_at"),
                     number("last_data_at"),
                     number("several_machines_at"),
                     number("several_machines_times"),
                     text("last_address"),
                     text("agent"),
                     number("report_interval"),
                     number("kept_bytes"),
                     number("quota_reached_at"),
                     number("place_at"),
                     text("tags")},
         .sql = {}},
        {.name = "people",
         .is_referred_to = true,
         .columns = {number("id"), text("name", unique), number("role"), text("password"),
                     number("password_at"), number("created_at")},
         .sql = {}},
        {.name = "sessions",
         .columns = {bytes("digest"), number("person_id"), number("made_at"), number("seen_at"),
                     number("ends_at")},
         .sql = {}},
        {.name = "devices",
         .columns = {bytes("digest"), number("person_id"), number("ends_at")},
         .sql = {}},
        {.name = "links",
         .columns = {bytes("digest"), number("person_id"), number("enters"), number("ends_at")},
         .sql = {}},
        {.name = "api_tokens",
         .columns = {bytes("digest"), text("id", unique), text("name"), number("role"),
                     number("created_at"), number("ends_at"), number("used_at")},
         .sql = {}},
        {.name = "series",
         .columns = {number("id"), text("server_id", unique), text("command", unique),
                     text("name", unique), text("instance", unique), text("unit"), text("chart")},
         .sql = {}},
        {.name = "removed_servers",
         .columns = {text("id"), text("name"), bytes("key_digest", unique), number("removed_at")},
         .sql = {}},
        {.name = "enrolment_tokens",
         .is_referred_to = true,
         .columns = {bytes("digest"), number("created_at"), number("ends_at"), number("machines"),
                     text("server_name"), number("revoked_at")},
         .sql = {}},
        {.name = "enrolments",
         .columns = {text("server_id"), bytes("token_digest", unique),
                     bytes("nonce_digest", unique), number("made_at"), number("counted_at")},
         .sql = {}},
        {.name = "refusals",
         .keys = 3,
         .columns = {number("about"), text("name"), text("kind"), number("times"),
                     number("first_at"), number("last_at"), text("address"), text("words")},
         .sql = {}},
        {.name = "calls",
         .columns = {number("id"), text("token", unique), text("server_id"), number("given_at")},
         .sql = {}},
        {.name = "feedback",
         .columns = {number("id"), text("server_id"), number("received_at"), text("code"),
                     bytes("message"), bytes("details")},
         .sql = {}},
        {.name = "report_keys",
         .columns = {bytes("key"), number("day"), number("has_id")},
         .sql = {}},
        {.name = "reports",
         .has_body = true,
         .columns = {number("id"), text("server_id"), number("received_at"), number("data_at"),
                     number("kept_since"), number("collected_at"), number("took"), text("token"),
                     text("report_id"), number("bytes"), bytes("body")},
         .sql = {}},
        {.name = "blocks",
         .has_body = true,
         .columns = {number("id"), text("server_id"), number("first_at"), number("last_at"),
                     number("first_id"), number("last_id"), number("kept_since"), number("reports"),
                     number("bytes"), bytes("body")},
         .sql = {}},
        {.name = "fresh_values",
         .has_body = true,
         .columns = {number("id"), text("server_id"), number("data_at"), number("kept_since"),
                     bytes("body")},
         .sql = {}},
        {.name = "value_blocks",
         .has_body = true,
         .columns = {number("id"), text("server_id"), number("step"), number("first_at"),
                     number("last_at"), number("kept_since"), bytes("body")},
         .sql = {}},
        {.name = "facts", .columns = {text("name"), number("value")}, .sql = {}},
    };
    for (auto& one : all) {
        one.sql = sql_of(one);
    }
    return all;
}

void bind(database::statement& to, column const& what, value const& given) {
    if (given.null) {
        to.null();
    } else if (what.kind == kind::number) {
        to.number(given.number);
    } else if (what.kind == kind::text) {
        to.text(given.bytes);
    } else {
        to.blob(given.bytes);
    }
}

} // namespace

std::vector<table> const& all_tables() {
    static std::vector<table> const all = make_tables();
    return all;
}

std::strong_ordering in_order(table const& of, row const& one, row const& other) {
    for (std::size_t at = 0; at < of.keys; ++at) {
        if (auto const order = one[at] <=> other[at]; order != std::strong_ordering::equal) {
            return order;
        }
    }
    return std::strong_ordering::equal;
}

void table_rows::bind_key(database::statement& to, row const& key) const {
    for (std::size_t at = 0; at < table_.keys; ++at) {
        bind(to, table_.columns[at], key[at]);
    }
}

row table_rows::read(database::statement const& from, bool whole) const {
    row all(table_.columns.size());
    for (std::size_t at = 0; at < all.size(); ++at) {
        bool const is_length = !whole && table_.has_body && at + 1 == all.size();
        all[at].null = from.null_at(static_cast<int>(at));
        if (is_length || table_.columns[at].kind == kind::number) {
            all[at].number = from.number_at(static_cast<int>(at));
        } else {
            all[at].bytes = from.bytes_at(static_cast<int>(at));
        }
    }
    return all;
}

std::vector<row> table_rows::after(std::optional<row> const& last, std::size_t most, bool whole) {
    auto const& sql = table_.sql;
    auto query = database_.prepare(last ? (whole ? sql.next_whole : sql.next)
                                        : (whole ? sql.first_whole : sql.first));
    if (last) {
        bind_key(query, *last);
    }
    query.number(static_cast<std::int64_t>(most));
    std::vector<row> rows;
    while (query.step()) {
        rows.push_back(read(query, whole));
    }
    return rows;
}

std::optional<row> table_rows::find(row const& key) {
    auto query = database_.prepare(table_.sql.find);
    bind_key(query, key);
    return query.step() ? std::optional(read(query, true)) : std::nullopt;
}

void table_rows::remove(row const& key) {
    auto change = database_.prepare(table_.sql.remove);
    bind_key(change, key);
    change.send();
}

void table_rows::write(row const& what) {
    auto change = database_.prepare(table_.sql.write);
    for (std::size_t at = 0; at < what.size(); ++at) {
        bind(change, table_.columns[at], what[at]);
    }
    change.send();
}

} // namespace trafikito::server::store
