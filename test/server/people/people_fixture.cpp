#include "test/server/people/people_fixture.hpp"

#include "base/ascii.hpp"
#include "base/spawn.hpp"
#include "server/store/new_api_token.hpp"
#include "test/net/run_here.hpp"
#include "test/server/people/openapi_document.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

namespace trafikito::test {

using server::people::role;

server::http::request people_browser::request(std::string method, std::string target,
                                              std::string body) const {
    server::http::request made{std::move(method), std::move(target),  further,
                               std::move(body),   address_ + ":4242", address_};
    std::string sent;
    for (auto const& [name, value] : cookies) {
        sent += (sent.empty() ? "" : "; ") + name + "=" + value;
    }
    if (!sent.empty()) {
        made.headers.emplace_back("Cookie", sent);
    }
    if (!made.body.empty()) {
        made.headers.emplace_back("Content-Type", "application/json");
    }
    made.headers.emplace_back("Host", "trafikito.example:8443");
    if (own_) {
        made.headers.emplace_back("X-Trafikito-Request", "1");
        made.headers.emplace_back("Origin", "https://trafikito.example:8443");
        made.headers.emplace_back("Sec-Fetch-Site", "same-origin");
    }
    return made;
}

void people_browser::take(server::http::response const& answer) {
    for (auto const& [name, value] : answer.headers) {
        if (name != "Set-Cookie") {
            continue;
        }
        auto const equals = value.find('=');
        auto const cookie = value.substr(0, equals);
        auto const secret = value.substr(equals + 1, value.find(';') - equals - 1);
        secret.empty() ? void(cookies.erase(cookie)) : void(cookies[cookie] = secret);
    }
}

people_fixture::people_fixture()
    : read(directory.path() / "trafikito.db", server::store::access::read_only,
           [this] { return now; }),
      reads(context.get_executor(), read), shows({.serving = context.get_executor(),
                                                  .writes = thread,
                                                  .reads = reads,
                                                  .now = [this] { return now; },
                                                  .log = log,
                                                  .servers_changed =
                                                      [this] {
                                                          ++servers_changes;
                                                          api.servers_changed();
                                                      }},
                                                 api) {
    server::people::surroundings around;
    around.way.api_url = "https://trafikito.example:8443";
    around.way.names = {"trafikito.example"};
    shows.use(around);
    shows.door().use([this] { return steady; });
    auto const add = [this](char const* name, role as, std::string_view password) {
        auto const made = kept.add_person(name, as).value();
        kept.set_password(made.id,
                          server::security::hash_password(server::security::wiped_text(password)));
    };
    add("ada", role::administrator, adas_password);
    add("bob", role::reader, bobs_password);
}

server::http::response people_fixture::ask(server::http::request from) {
    auto const method = from.method;
    auto const target = from.target;
    auto const answered = run_here(context, shows.application().answer(std::move(from)));
    drain();
    BOOST_TEST(fault_by_document(method, target, answered) == "", method << " " << target);
    return answered;
}

std::vector<server::http::response>
people_fixture::ask_together(std::vector<server::http::request> all) {
    std::vector<server::http::response> answers(all.size());
    std::size_t ended = 0;
    for (std::size_t at = 0; at < all.size(); ++at) {
        base::spawn(context.get_executor(), shows.application().answer(std::move(all[at])),
                    [&, at](std::exception_ptr const& failed, server::http::response answer) {
                        BOOST_TEST(!failed);
                        answers[at] = std::move(answer);
                        ++ended;
                    });
    }
    context.restart();
    while (ended < all.size() && context.run_one_for(std::chrono::seconds(60)) != 0) {
    }
    BOOST_REQUIRE(ended == all.size());
    drain();
    return answers;
}

server::http::response people_fixture::ask(people_browser& from, std::string method,
                                           std::string target, std::string const& body) {
    auto answered = ask(from.request(std::move(method), std::move(target), body));
    from.take(answered);
    return answered;
}

server::http::response people_fixture::ask(role as, std::string method, std::string target,
                                           std::string const& body) {
    people_browser program("192.0.2.9", false);
    program.further.emplace_back("Authorization", "Bearer " + token_of(as));
    return ask(program, std::move(method), std::move(target), body);
}

std::string people_fixture::token_of(role as) {
    return make_api_token(kept, "program", as, std::nullopt).text;
}

server::http::response people_fixture::log_in(people_browser& from, std::string_view name,
                                              std::string_view password) {
    boost::json::object const body{{"name", name}, {"password", password}};
    return ask(from, "POST", "/api/v1/session", boost::json::serialize(body));
}

people_browser people_fixture::logged_in(std::string_view name) {
    people_browser made;
    auto const answered = log_in(made, name, name == "ada" ? adas_password : bobs_password);
    BOOST_REQUIRE_EQUAL(answered.status, 200U);
    return made;
}

boost::json::value json_of(server::http::response const& answer) {
    boost::system::error_code failed;
    auto value = boost::json::parse(answer.body, failed);
    return failed ? boost::json::value() : value;
}

std::string code_of(server::http::response const& answer) {
    auto const value = json_of(answer);
    auto const* const object = value.if_object();
    auto const* const error = object == nullptr ? nullptr : object->if_contains("error");
    return error == nullptr ? "" : std::string(error->at("code").as_string());
}

std::string header_of(server::http::response const& answer, std::string_view name) {
    for (auto const& [field, value] : answer.headers) {
        if (base::equals_ignoring_case(field, name)) {
            return value;
        }
    }
    return {};
}

} // namespace trafikito::test
