#include "server/people/people_endpoints.hpp"

#include "base/printable.hpp"
#include "server/api/install_line.hpp"
#include "server/people/answers.hpp"
#include "server/people/json_values.hpp"

#include <boost/json/array.hpp>

#include <utility>

namespace trafikito::server::people {

namespace {

namespace json = boost::json;

json::object to_json(store::person const& one) {
    json::object object;
    object["name"] = one.name;
    object["role"] = json::string(store::word_of(one.role));
    object["has_password"] = one.password.has_value();
    object["created_at"] = time_value(one.created);
    object["seen_at"] = time_value(one.seen);
    return object;
}

/// A person, and the secret of a link for him.
struct invited {
    std::optional<store::person> who;
    std::string secret;
    base::wall_time ends;
};

invited invite(store::store& kept, std::optional<store::person> who) {
    invited one{std::move(who), {}, kept.now() + store::link_life};
    if (one.who) {
        one.secret = security::random_secret();
        kept.add_link(security::sha256(one.secret), one.who->id, false);
    }
    return one;
}

json::object to_json(invited const& one, surroundings const& around, http::request const& from) {
    json::object object;
    object["name"] = one.who->name;
    object["role"] = json::string(store::word_of(one.who->role));
    object["link"] =
        api::address_for(around.way, http::find_header(from, "Host")) + "/#/password/" + one.secret;
    object["link_ends_at"] = time_value(one.ends);
    return object;
}

} // namespace

void people_endpoints::add_to(router& routes) {
    auto const here = [this](answering (people_endpoints::*answer)(call_ptr)) {
        return [this, answer](call_ptr what) { return (this->*answer)(std::move(what)); };
    };
    constexpr auto administrator = access::administrator;
    routes.add({"GET", "/api/v1/people", administrator, here(&people_endpoints::all)});
    routes.add({"POST", "/api/v1/people", administrator, here(&people_endpoints::add)});
    routes.add(
        {"POST", "/api/v1/people/{}/link", administrator, here(&people_endpoints::make_link)});
    routes.add({"DELETE", "/api/v1/people/{}", administrator, here(&people_endpoints::remove)});
    routes.add({"GET", "/api/v1/tokens", administrator, here(&people_endpoints::tokens)});
    routes.add({"POST", "/api/v1/tokens", administrator, here(&people_endpoints::make_token)});
    routes.add(
        {"DELETE", "/api/v1/tokens/{}", administrator, here(&people_endpoints::revoke_token)});
}

answering people_endpoints::all(call_ptr /*what*/) {
    auto ask = [](store::store& kept) { return kept.people(); };
    auto work = with_.reads.run(0, std::move(ask));
    auto const people = co_await std::move(work);
    json::array list;
    for (auto const& one : people) {
        list.push_back(to_json(one));
    }
    json::object answer;
    answer["people"] = std::move(list);
    co_return json_answer(answer);
}

answering people_endpoints::add(call_ptr what) {
    auto const body = body_of(*what);
    auto const name = name_in(body, "name");
    auto const as = role_in(body, "role");
    auto add = [name, as](store::store& kept) {
        std::optional<invited> one;
        kept.together([&] { one = invite(kept, kept.add_person(name, as)); });
        return std::move(*one);
    };
    auto work = with_.writes.run(0, std::move(add));
    auto const made = co_await std::move(work);
    if (!made.who) {
        throw failure(conflict, "There is somebody of that name already.");
    }
    with_.log.info(base::for_line(what->who.name) + " let " + base::for_line(name) +
                   " look at the page, as " + std::string(store::word_of(as)));
    co_return json_answer(to_json(made, *around_, *what->from), 201);
}

answering people_endpoints::make_link(call_ptr what) {
    auto make = [name = what->parts.front()](store::store& kept) {
        std::optional<invited> one;
        kept.together([&] { one = invite(kept, kept.find_person(name)); });
        return std::move(*one);
    };
    auto work = with_.writes.run(0, std::move(make));
    auto const made = co_await std::move(work);
    if (!made.who) {
        throw failure(not_found, "There is nobody of that name.");
    }
    co_return json_answer(to_json(made, *around_, *what->from), 201);
}

answering people_endpoints::remove(call_ptr what) {
    auto const& name = what->parts.front();
    auto remove = [name](store::store& kept) { return kept.remove_person(name); };
    auto work = with_.writes.run(0, std::move(remove));
    auto const outcome = co_await std::move(work);
    if (outcome == store::removal::unknown) {
        throw failure(not_found, "There is nobody of that name.");
    }
    if (outcome == store::removal::last_administrator) {
        throw failure(conflict, "The last administrator stays: let another one in first.");
    }
    with_.log.info(base::for_line(what->who.name) + " took " + base::for_line(name) +
                   " off the list of those who may look at the page");
    co_return no_content();
}

} // namespace trafikito::server::people
