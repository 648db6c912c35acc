// How somebody gets a password: by a link, or by the one that he has.
#include "server/people/entrance.hpp"

#include "base/hexadecimal.hpp"
#include "base/printable.hpp"
#include "server/people/answers.hpp"

#include <utility>

namespace trafikito::server::people {

namespace {

namespace asio = boost::asio;
namespace json = boost::json;

constexpr char const* dead_link =
    "This link is not good any more: it was used, its time has ended, or a password was set since. "
    "`trafikito-server password --link` makes another one.";

/// What a new password may not be is said before anything is looked up.
security::wiped_text new_password_in(json::object& body) {
    auto password = password_in(body, "password");
    if (auto const fault = security::fault_of_password(password.reveal()); !fault.empty()) {
        throw failure(invalid, fault);
    }
    return password;
}

} // namespace

answering entrance::look_at_link(call_ptr what) {
    gatekeeper::require_own_origin(*what->from);
    auto const body = body_of(*what);
    auto const link = text_in(body, "link", longest_link);
    auto look = [digest = security::sha256(link)](store::store& kept) {
        return kept.find_link(digest);
    };
    auto looking = with_.reads.run(0, std::move(look));
    auto const found = co_await std::move(looking);
    if (!found) {
        throw failure(not_found, dead_link);
    }
    json::object all;
    all["name"] = found->name;
    all["role"] = json::string(store::word_of(found->role));
    all["purpose"] = found->enters ? "enter" : "password";
    co_return json_answer(all);
}

answering entrance::change_password(call_ptr what) {
    gatekeeper::require_own_origin(*what->from);
    auto body = body_of(*what);
    auto wanted = new_password_in(body);
    if (auto const link = optional_text_in(body, "link", longest_link)) {
        auto work = set_by_link(what, security::sha256(*link), std::move(wanted));
        auto answered = co_await std::move(work);
        co_return answered;
    }
    auto work = set_by_current(what, password_in(body, "current"), std::move(wanted));
    auto answered = co_await std::move(work);
    co_return answered;
}

asio::awaitable<std::string> entrance::hash_of(security::wiped_text password) {
    auto work = hasher_.hash(std::move(password), security::password_hasher::standing::known);
    auto hash = co_await std::move(work);
    if (!hash) {
        throw failure(too_many, "Too many log in at once: try again.", {}, hasher_pause);
    }
    co_return std::move(*hash);
}

answering entrance::set_by_link(call_ptr what, security::digest link, security::wiped_text wanted) {
    auto look = [link](store::store& kept) { return kept.find_link(link); };
    auto looking = with_.reads.run(0, std::move(look));
    auto const found = co_await std::move(looking);
    if (!found) {
        throw failure(not_found, dead_link);
    }
    if (found->enters) {
        throw failure(invalid, "This link logs in; it sets no password.");
    }
    auto hashing = hash_of(std::move(wanted));
    auto hash = co_await std::move(hashing);
    auto const where = browser_of(*what->from);
    auto set = [link, hash = std::move(hash), where](store::store& kept) {
        std::optional<store::session> made;
        kept.together([&] {
            auto const taken = kept.take_link(link);
            if (taken && kept.set_password(taken->person, hash)) {
                made = bring_in(kept, taken->person, where);
            }
        });
        return made;
    };
    auto setting = with_.writes.run(0, std::move(set));
    auto const made = co_await std::move(setting);
    if (!made) {
        throw failure(not_found, dead_link);
    }
    say(*made, what->from->address);
    co_return welcome(*made, where);
}

answering entrance::set_by_current(call_ptr what, security::wiped_text current,
                                   security::wiped_text wanted) {
    auto look = gate_.look(what->from);
    auto const who = co_await std::move(look);
    if (who.what != caller::kind::person) {
        throw failure(unauthorized, "Log in to change your password.");
    }
    gatekeeper::require_own_page(*what->from);
    auto ask = [id = who.person](store::store& kept) { return kept.find_person(id); };
    auto asking = with_.reads.run(0, std::move(ask));
    auto const person = co_await std::move(asking);
    if (!person || !person->password) {
        throw failure(invalid, "There is no password yet: `trafikito-server password` sets one.");
    }
    // By the session: who has it is counted apart from all who have not.
    guess one{what->from->address, who.name, "session " + base::to_hexadecimal(who.credential)};
    require_patience(one.view());
    auto checking = is_right(person->password, std::move(current), std::move(one));
    if (!co_await std::move(checking)) {
        throw failure(invalid, "The current password is wrong.");
    }
    auto hashing = hash_of(std::move(wanted));
    auto hash = co_await std::move(hashing);
    auto const where = browser_of(*what->from);
    auto set = [before = *person, hash = std::move(hash), where](store::store& kept) {
        std::optional<store::session> made;
        kept.together([&] {
            auto const now = kept.find_person(before.id);
            if (now && now->password == before.password && kept.set_password(before.id, hash)) {
                made = bring_in(kept, before.id, where);
            }
        });
        return made;
    };
    auto setting = with_.writes.run(0, std::move(set));
    auto const made = co_await std::move(setting);
    if (!made) {
        throw failure(conflict, "Another password was set meanwhile.");
    }
    say(*made, what->from->address);
    co_return welcome(*made, where);
}

void entrance::say(store::session const& whose, std::string_view address) {
    with_.log.info("a new password for the page was set by " + base::for_line(whose.name) +
                   " (from " + std::string(address) + ")");
}

} // namespace trafikito::server::people
