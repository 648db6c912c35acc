// The tokens of programs, as administrators make and revoke them in the page.
#include "server/people/people_endpoints.hpp"

#include "base/printable.hpp"
#include "server/people/answers.hpp"
#include "server/people/json_values.hpp"
#include "server/store/new_api_token.hpp"

#include <boost/json/array.hpp>

#include <utility>

namespace trafikito::server::people {

namespace {

namespace json = boost::json;

constexpr std::int64_t least_life = 60;
constexpr std::int64_t longest_life = 3650LL * 24 * 60 * 60;

json::object to_json(store::api_token const& one) {
    json::object object;
    object["id"] = one.id;
    object["name"] = one.name;
    object["role"] = json::string(store::word_of(one.role));
    object["created_at"] = time_value(one.created);
    object["ends_at"] = time_value(one.ends);
    return object;
}

std::optional<std::chrono::seconds> life_in(json::object const& body) {
    auto const* const value = body.if_contains("valid_seconds");
    if (value == nullptr || value->is_null()) {
        return std::nullopt;
    }
    boost::system::error_code failed;
    auto const seconds = value->to_number<std::int64_t>(failed);
    if (failed || value->is_double() || seconds < least_life || seconds > longest_life) {
        throw failure(invalid, "valid_seconds must be null or a whole number from " +
                                   std::to_string(least_life) + " to " +
                                   std::to_string(longest_life) + ".");
    }
    return std::chrono::seconds(seconds);
}

} // namespace

answering people_endpoints::tokens(call_ptr /*what*/) {
    auto ask = [](store::store& kept) { return kept.api_tokens(); };
    auto work = with_.reads.run(0, std::move(ask));
    auto const tokens = co_await std::move(work);
    json::array list;
    for (auto const& one : tokens) {
        auto object = to_json(one);
        object["used_at"] = time_value(one.used);
        list.push_back(std::move(object));
    }
    json::object answer;
    answer["tokens"] = std::move(list);
    co_return json_answer(answer);
}

answering people_endpoints::make_token(call_ptr what) {
    auto const body = body_of(*what);
    auto const name = name_in(body, "name");
    auto const as = role_in(body, "role");
    auto const life = life_in(body);
    auto make = [name, as, life](store::store& kept) {
        auto const ends = life ? std::optional(kept.now() + *life) : std::nullopt;
        return make_api_token(kept, name, as, ends);
    };
    auto work = with_.writes.run(0, std::move(make));
    auto const made = co_await std::move(work);
    with_.log.info(base::for_line(what->who.name) + " made a token for programs, " + made.token.id +
                   " (" + base::for_line(name) + "), as " + std::string(store::word_of(as)));
    auto object = to_json(made.token);
    object["token"] = made.text;
    co_return json_answer(object, 201);
}

answering people_endpoints::revoke_token(call_ptr what) {
    auto const& id = what->parts.front();
    auto revoke = [id](store::store& kept) { return kept.revoke_api_token(id); };
    auto work = with_.writes.run(0, std::move(revoke));
    bool const revoked = co_await std::move(work);
    if (!revoked) {
        throw failure(not_found, "There is no such token.");
    }
    with_.log.info(base::for_line(what->who.name) + " revoked the token for programs " +
                   base::for_line(id));
    co_return no_content();
}

} // namespace trafikito::server::people
