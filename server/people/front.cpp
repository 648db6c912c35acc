#include "server/people/front.hpp"

#include "net/api/form.hpp"
#include "server/people/answers.hpp"

#include <optional>
#include <utility>
#include <variant>

namespace trafikito::server::people {

namespace {

constexpr std::string_view api = "/api/";

/// Of several of one name the first counts.
std::map<std::string, std::string, std::less<>> parameters_of(std::string_view query) {
    auto const fields = net::api::parse_form(query);
    if (!fields) {
        throw failure(invalid, "What stands behind the ? of the address cannot be read.");
    }
    std::map<std::string, std::string, std::less<>> all;
    for (auto const& [name, value] : *fields) {
        all.emplace(name, value);
    }
    return all;
}

bool changes_something(std::string_view method) {
    return method != "GET" && method != "HEAD";
}

} // namespace

front::front(means with, http::application& agents)
    : with_(with), agents_(agents), gate_(std::move(with)) {}

// What begins with /api/ is ours in any case: else its unknown paths would be answered as an
// agent's.
bool front::is_ours(http::request const& from) const {
    auto const path = http::path_of(from);
    return path.starts_with(api) ||
           !std::holds_alternative<router::none>(routes_.find(from.method, path));
}

http::expectation front::expect(http::request const& head, std::string_view sender) {
    if (!is_ours(head)) {
        return agents_.expect(head, sender);
    }
    http::expectation expected;
    expected.max_body = max_body;
    return expected;
}

answering front::answer(http::request from) {
    if (!is_ours(from)) {
        auto work = agents_.answer(std::move(from));
        auto answered = co_await std::move(work);
        co_return answered;
    }
    auto const request = std::make_shared<http::request const>(std::move(from));
    bool const is_api = http::path_of(*request).starts_with(api);
    std::optional<failure> failed;
    http::response answered;
    try {
        auto work = route(request);
        answered = co_await std::move(work);
    } catch (failure const& why) {
        failed = why;
    } catch (store::store_too_many const& why) {
        failed.emplace(conflict, std::string("That is one too many: ") + why.what() + ".");
    } catch (store::store_error const& why) {
        with_.log.on_change(base::severity::warning, "questions of people",
                            std::string("cannot be answered: ") + why.what());
        failed.emplace(unavailable, "The database does not answer. Try again later.");
    }
    if (failed) {
        answered = error_answer(*failed);
    } else {
        with_.log.on_change(base::severity::warning, "questions of people", "");
    }
    add_security_headers(answered);
    if (is_api) {
        answered.headers.emplace_back("Cache-Control", "no-store");
    }
    co_return answered;
}

answering front::route(request_ptr from) {
    auto found = routes_.find(from->method, http::path_of(*from));
    if (auto const* const others = std::get_if<router::other_methods>(&found)) {
        auto refused = error_answer({wrong_method, "This method is not answered here."});
        refused.headers.emplace_back("Allow", others->allowed);
        co_return refused;
    }
    auto* const one = std::get_if<router::found>(&found);
    if (one == nullptr) {
        throw failure(not_found, "There is no such path.");
    }
    auto work = ask(one->what, std::move(one->parts), from);
    auto answered = co_await std::move(work);
    co_return answered;
}

answering front::ask(endpoint const* what, std::vector<std::string> parts, request_ptr from) {
    auto const made = std::make_shared<call>();
    made->from = from;
    made->parts = std::move(parts);
    made->query = parameters_of(http::query_of(*from));
    if (what->needs != access::anybody) {
        auto look = gate_.look(from);
        made->who = co_await std::move(look);
        if (made->who.what == caller::kind::nobody) {
            throw failure(unauthorized, "Log in, or send a token that is good.");
        }
        if (what->needs == access::administrator && made->who.role != role::administrator) {
            throw failure(forbidden, "Only an administrator may do this.");
        }
        if (made->who.what == caller::kind::person && changes_something(from->method)) {
            gatekeeper::require_own_page(*from);
        }
    }
    auto work = what->answer(made);
    auto answered = co_await std::move(work);
    answered.sender = made->who.sender();
    co_return answered;
}

} // namespace trafikito::server::people
