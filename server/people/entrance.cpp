#include "server/people/entrance.hpp"

#include "base/printable.hpp"
#include "base/version.hpp"
#include "server/people/answers.hpp"
#include "server/people/cookies.hpp"
#include "server/people/json_values.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::server::people {

namespace asio = boost::asio;
namespace json = boost::json;
using standing = security::password_hasher::standing;

namespace {

constexpr std::size_t longest_name = 256; ///< that anybody may type

constexpr char const* wrong_pair = "The name or the password is wrong.";

constexpr char const* dead_link = "This link logs nobody in any more: it was used, or its time has "
                                  "ended. `trafikito-server password --link` makes another one.";

} // namespace

security::wiped_text password_in(json::object& body, std::string_view name) {
    auto text = text_in(body, name, security::longest_password);
    security::wiped_text password(text);
    security::wipe(text);
    std::ranges::fill(body.at(name).as_string(), '\0');
    return password;
}

struct entrance::arrival {
    std::optional<store::person> who;
    bool by_known_device = false;
};

entrance::entrance(means with, surroundings_ptr around, gatekeeper& gate)
    : with_(std::move(with)), around_(std::move(around)), gate_(gate), hasher_(with_.serving),
      failed_(with_.log) {}

void entrance::add_to(router& to) {
    auto const here = [this](answering (entrance::*answer)(call_ptr)) {
        return [this, answer](call_ptr what) { return (this->*answer)(std::move(what)); };
    };
    constexpr auto anybody = access::anybody;
    to.add({"POST", "/api/v1/session", anybody, here(&entrance::log_in)});
    to.add({"GET", "/api/v1/session", anybody, here(&entrance::who_am_i)});
    to.add({"DELETE", "/api/v1/session", access::reader, here(&entrance::log_out)});
    to.add({"POST", "/api/v1/link", anybody, here(&entrance::look_at_link)});
    to.add({"POST", "/api/v1/password", anybody, here(&entrance::change_password)});
}

json::object entrance::session_of(caller const& who) const {
    json::object all;
    all["name"] = who.name;
    all["role"] = json::string(store::word_of(who.role));
    all["ends_at"] = time_value(who.ends);
    all["server"] = {{"version", base::version}, {"url", around_->way.api_url}};
    return all;
}

entrance::browser entrance::browser_of(http::request const& from) {
    browser one;
    one.session = security::random_secret();
    one.device = cookie_in(from, device_cookie);
    if (one.device.empty()) {
        one.device = security::random_secret();
    }
    one.former_session = cookie_in(from, session_cookie);
    return one;
}

// Inside of the change that made sure that he may.
store::session entrance::bring_in(store::store& kept, std::int64_t person, browser const& where) {
    if (!where.former_session.empty()) {
        kept.end_session(security::sha256(where.former_session));
    }
    auto const digest = security::sha256(where.session);
    kept.add_session(digest, person);
    kept.add_device(security::sha256(where.device), person);
    return kept.find_session(digest).value();
}

http::response entrance::welcome(store::session const& made, browser const& where) const {
    caller who;
    who.what = caller::kind::person;
    who.role = made.role;
    who.person = made.person;
    who.name = made.name;
    who.ends = end_of(made);
    auto answer = json_answer(session_of(who));
    answer.headers.emplace_back("Set-Cookie",
                                set_cookie(session_cookie, where.session, store::session_life));
    answer.headers.emplace_back("Set-Cookie",
                                set_cookie(device_cookie, where.device, store::device_life));
    return answer;
}

void entrance::require_patience(security::guesses::guess const& one) {
    if (auto const wait = guesses_.refuse(one, steady_())) {
        throw failure(too_many,
                      "Too many wrong passwords: wait " + std::to_string(wait->count()) +
                          " s. A link of `trafikito-server password --link` opens at once.",
                      {}, *wait);
    }
}

asio::awaitable<bool> entrance::is_right(std::optional<std::string> hash,
                                         security::wiped_text password, guess one) {
    auto const of = one.device.empty() ? standing::stranger : standing::known;
    auto work = hasher_.check(std::move(hash), std::move(password), of);
    auto const right = co_await std::move(work);
    if (!right || *right) {
        guesses_.forgive(one.view());
    }
    if (!right) {
        throw failure(too_many, "Too many log in at once: try again.", {}, hasher_pause);
    }
    co_return *right;
}

answering entrance::log_in(call_ptr what) {
    gatekeeper::require_own_origin(*what->from);
    auto body = body_of(*what);
    if (auto link = optional_text_in(body, "link", longest_link)) {
        auto work = log_in_by_link(what, std::move(*link));
        auto answered = co_await std::move(work);
        co_return answered;
    }
    auto name = text_in(body, "name", longest_name);
    auto work = log_in_by_password(what, std::move(name), password_in(body, "password"));
    auto answered = co_await std::move(work);
    co_return answered;
}

answering entrance::log_in_by_password(call_ptr what, std::string name,
                                       security::wiped_text password) {
    auto const where = browser_of(*what->from);
    auto look = [name, device = security::sha256(where.device)](store::store& kept) {
        arrival one;
        one.who = kept.find_person(name);
        one.by_known_device = one.who && kept.knows_device(device, one.who->id);
        return one;
    };
    auto looking = with_.reads.run(0, std::move(look));
    auto const found = co_await std::move(looking);
    guess one{what->from->address, name, found.by_known_device ? where.device : std::string()};
    require_patience(one.view());
    auto hash = found.who ? found.who->password : std::nullopt;
    auto checking = is_right(hash, std::move(password), std::move(one));
    if (!co_await std::move(checking)) {
        failed_.note(base::severity::warning,
                     "a wrong password for the page" +
                         (found.who ? " of " + base::for_line(found.who->name) : std::string()),
                     what->from->address, std::chrono::steady_clock::now());
        throw failure(unauthorized, wrong_pair);
    }
    auto enter = [person = *found.who, where](store::store& kept) {
        std::optional<store::session> made;
        kept.together([&] {
            auto const now = kept.find_person(person.id);
            if (now && now->password == person.password) { // no other was set meanwhile
                made = bring_in(kept, person.id, where);
            }
        });
        return made;
    };
    auto entering = with_.writes.run(0, std::move(enter));
    auto const made = co_await std::move(entering);
    if (!made) {
        throw failure(unauthorized, wrong_pair);
    }
    co_return welcome(*made, where);
}

answering entrance::log_in_by_link(call_ptr what, std::string link) {
    auto const where = browser_of(*what->from);
    auto enter = [digest = security::sha256(link), where](store::store& kept) {
        std::optional<store::session> made;
        kept.together([&] {
            auto const found = kept.find_link(digest);
            if (found && found->enters && kept.take_link(digest)) {
                made = bring_in(kept, found->person, where);
            }
        });
        return made;
    };
    auto entering = with_.writes.run(0, std::move(enter));
    auto const made = co_await std::move(entering);
    if (!made) {
        throw failure(unauthorized, dead_link);
    }
    co_return welcome(*made, where);
}

answering entrance::who_am_i(call_ptr what) {
    auto look = gate_.look(what->from);
    auto const who = co_await std::move(look);
    if (who.what != caller::kind::nobody) {
        auto answer = json_answer(session_of(who));
        answer.sender = who.sender();
        co_return answer;
    }
    if (!http::find_header(*what->from, "Authorization").empty()) {
        throw failure(unauthorized, "This token is not good, or not any more.");
    }
    // No failure: a browser that asks at the start would have an error in its console.
    auto ask = [](store::store& kept) { return kept.has_working_administrator(); };
    auto asking = with_.reads.run(0, std::move(ask));
    bool const is_set_up = co_await std::move(asking);
    co_return json_answer({{"name", nullptr}, {"setup", !is_set_up}});
}

answering entrance::log_out(call_ptr what) {
    if (what->who.what != caller::kind::person) {
        throw failure(invalid, "A token has no session that could be ended.");
    }
    auto end = [session = what->who.credential](store::store& kept) {
        return kept.end_session(session);
    };
    auto ending = with_.writes.run(0, std::move(end));
    co_await std::move(ending);
    auto answer = no_content();
    answer.headers.emplace_back("Set-Cookie",
                                set_cookie(session_cookie, "", std::chrono::seconds(0)));
    co_return answer;
}

} // namespace trafikito::server::people
