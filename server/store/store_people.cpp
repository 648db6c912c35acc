// The store's people, and their passwords.
#include "server/store/store.hpp"

#include "base/printable.hpp"
#include "server/store/store_room.hpp"
#include "server/store/store_time.hpp"
#include "server/store/stored_role.hpp"

#include <utility>

namespace trafikito::server::store {

namespace {

#define TRAFIKITO_PEOPLE                                                                           \
    "SELECT id, name, role, password, created_at, "                                                \
    "(SELECT max(seen_at) FROM sessions WHERE person_id = people.id) FROM people"
constexpr std::string_view all_people = TRAFIKITO_PEOPLE " ORDER BY name";
constexpr std::string_view person_by_name = TRAFIKITO_PEOPLE " WHERE name = ?";
constexpr std::string_view person_by_id = TRAFIKITO_PEOPLE " WHERE id = ?";
#undef TRAFIKITO_PEOPLE

person read_person(database::statement const& query) {
    person one;
    one.id = query.number_at(0);
    one.name = query.bytes_at(1);
    one.role = role_at(query, 2);
    if (!query.null_at(3)) {
        one.password = query.bytes_at(3);
    }
    one.created = from_stored(query.number_at(4));
    one.seen = time_at(query, 5);
    return one;
}

std::int64_t number_of(database::statement query) {
    return query.step() ? query.number_at(0) : 0;
}

} // namespace

std::string_view word_of(person_role one) {
    return one == person_role::administrator ? "administrator" : "reader";
}

std::optional<person_role> role_of(std::string_view word) {
    for (auto const one : {person_role::administrator, person_role::reader}) {
        if (word_of(one) == word) {
            return one;
        }
    }
    return std::nullopt;
}

bool is_person_name(std::string_view name) {
    return !name.empty() && base::checked_plain_text(name, longest_person_name) &&
           name.front() != ' ' && name.back() != ' ' && name.find('/') == std::string_view::npos &&
           name.find_first_not_of('.') != std::string_view::npos;
}

std::vector<person> store::people() {
    std::vector<person> all;
    auto query = database_.prepare(all_people);
    while (query.step()) {
        all.push_back(read_person(query));
    }
    return all;
}

std::optional<person> store::find_person(std::string_view name) {
    auto query = database_.prepare(person_by_name);
    query.text(name);
    return query.step() ? std::optional(read_person(query)) : std::nullopt;
}

std::optional<person> store::find_person(std::int64_t id) {
    auto query = database_.prepare(person_by_id);
    query.number(id);
    return query.step() ? std::optional(read_person(query)) : std::nullopt;
}

bool store::has_working_administrator() {
    return number_of(database_.prepare("SELECT count(*) FROM people WHERE role = 0 AND password "
                                       "IS NOT NULL")) != 0;
}

std::optional<person> store::add_person(std::string_view name, person_role role) {
    return small_change([&]() -> std::optional<person> {
        if (find_person(name)) {
            return std::nullopt;
        }
        if (number_of(database_.prepare("SELECT count(*) FROM people")) >=
            static_cast<std::int64_t>(max_people)) {
            throw store_too_many("there are " + std::to_string(max_people) +
                                 " people, which is as many as there can be");
        }
        database_.prepare("INSERT INTO people (name, role, created_at) VALUES (?, ?, ?)")
            .text(name)
            .number(stored_role(role))
            .number(to_stored(now_()))
            .run();
        return find_person(name);
    });
}

removal store::remove_person(std::string_view name) {
    return small_change([&] {
        auto const one = find_person(name);
        if (!one) {
            return removal::unknown;
        }
        auto others = database_.prepare("SELECT count(*) FROM people WHERE role = 0 AND id <> ?");
        others.number(one->id);
        if (one->role == person_role::administrator && number_of(std::move(others)) == 0) {
            return removal::last_administrator;
        }
        // What hangs on it goes with it.
        database_.prepare("DELETE FROM people WHERE id = ?").number(one->id).run();
        return removal::removed;
    });
}

void store::together(std::function<void()> const& work) {
    small_change([&] {
        work();
        return true;
    });
}

bool store::set_password(std::int64_t person, std::string_view hash) {
    return small_change([&] {
        auto const found =
            database_.prepare("UPDATE people SET password = ?, password_at = ? WHERE id = ?")
                .text(hash)
                .number(to_stored(now_()))
                .number(person)
                .run();
        end_sessions(person);
        database_.prepare("DELETE FROM devices WHERE person_id = ?").number(person).run();
        database_.prepare("DELETE FROM links WHERE person_id = ?").number(person).run();
        return found != 0;
    });
}

} // namespace trafikito::server::store
