#include "server/people/enrolment_endpoints.hpp"

#include "base/ascii.hpp"
#include "base/hexadecimal.hpp"
#include "base/printable.hpp"
#include "base/shell_quoting.hpp"
#include "server/api/install_line.hpp"
#include "server/people/answers.hpp"
#include "server/people/json_values.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <utility>

namespace trafikito::server::people {

namespace {

namespace json = boost::json;

constexpr std::size_t id_size = 12; ///< as of `trafikito-server tokens`

std::string id_of(security::digest const& token) {
    return base::to_hexadecimal(token).substr(0, id_size);
}

std::optional<store::enrolment_token> find_token(store::store& kept, std::string_view id) {
    for (auto const& each : kept.token_digests()) {
        if (id_of(each) == id) {
            return kept.find_token(each);
        }
    }
    return std::nullopt;
}

/// What stands in the way; empty: nothing. One that is called as another's id would be taken for
/// it.
std::string fault_of(store::store& kept, std::optional<std::string> const& name) {
    auto const now = kept.now();
    auto const tokens = kept.tokens();
    auto const open = std::ranges::count_if(
        tokens, [&](auto const& one) { return state_of(one, now) == store::token_state::valid; });
    if (open >= static_cast<std::ptrdiff_t>(enrolment_endpoints::max_open)) {
        return "There are too many lines that wait for a machine: end some of them, or use "
               "`trafikito-server enroll-command --machines N`.";
    }
    auto const is_that = [&](auto const& each) {
        return base::lower(each.id) == base::lower(*name);
    };
    bool const taken = name && (std::ranges::any_of(kept.servers(), is_that) ||
                                std::ranges::any_of(kept.removed_servers(), is_that));
    return taken ? "That is the id of another machine." : "";
}

json::object step(std::string_view text, std::string_view command) {
    json::object one;
    one["text"] = json::string(text);
    one["command"] = json::string(command);
    return one;
}

/// By hand, where nothing can be downloaded: the agent's package is there, and then these.
json::array steps_for(api::served_values const& way, std::string const& token,
                      std::optional<std::string> const& name) {
    json::array steps;
    std::string enrol = "sudo trafikito-agent enroll --run-as trafikito --api-url " +
                        base::shell_quoted(way.api_url) +
                        " --workspace-id default --user-api-key-file token";
    if (name) {
        enrol += " --server-name " + base::shell_quoted(*name);
    }
    steps.push_back(
        step("Install the package of the agent on the machine, and give it the token. It "
             "enrols one machine.",
             "(umask 077; printf '%s\\n' " + token + " >token)"));
    if (!way.authority.empty()) {
        steps.push_back(step("By this it knows the server again.",
                             "sudo tee /etc/trafikito/ca.pem >/dev/null <<'END'\n" + way.authority +
                                 (way.authority.ends_with('\n') ? "" : "\n") + "END"));
        enrol += " --ca-file /etc/trafikito/ca.pem";
    }
    steps.push_back(step("Enrol it.", enrol));
    steps.push_back(step("Start it.", "sudo systemctl enable --now trafikito-agent && rm token"));
    return steps;
}

/// Of a token, and of those that it enrolled.
struct progress {
    store::enrolment_token token;
    std::vector<store::enrolled_server> machines;
};

std::string_view word_of(progress const& of, base::wall_time now) {
    if (of.token.counted > 0) {
        return "reported";
    }
    if (state_of(of.token, now) != store::token_state::valid) {
        return "ended";
    }
    return of.machines.empty() ? "waiting" : "enrolled";
}

} // namespace

void enrolment_endpoints::add_to(router& routes) {
    auto const here = [this](answering (enrolment_endpoints::*answer)(call_ptr)) {
        return [this, answer](call_ptr what) { return (this->*answer)(std::move(what)); };
    };
    constexpr auto administrator = access::administrator;
    routes.add({"POST", "/api/v1/enrolments", administrator, here(&enrolment_endpoints::make)});
    routes.add({"GET", "/api/v1/enrolments/{}", administrator, here(&enrolment_endpoints::look)});
    routes.add({"DELETE", "/api/v1/enrolments/{}", administrator, here(&enrolment_endpoints::end)});
}

answering enrolment_endpoints::make(call_ptr what) {
    auto const body = body_of(*what);
    auto const name = optional_text_in(body, "server_name", max_name);
    if (name && (name->empty() || !base::checked_plain_text(*name, max_name))) {
        throw failure(invalid, "server_name must be text without control or invisible characters.");
    }
    auto const text = security::random_token();
    store::enrolment_token token;
    token.digest = security::sha256(text);
    token.created = with_.now();
    token.ends = token.created + life;
    token.server_name = name;
    auto add = [token](store::store& kept) {
        auto fault = fault_of(kept, token.server_name);
        if (fault.empty()) {
            kept.add_token(token);
        }
        return fault;
    };
    auto work = with_.writes.run(0, std::move(add));
    auto const fault = co_await std::move(work);
    if (!fault.empty()) {
        throw failure(conflict, fault);
    }
    with_.servers_changed();
    auto way = around_->way;
    way.api_url = api::address_for(way, http::find_header(*what->from, "Host"));
    json::object answer;
    answer["id"] = id_of(token.digest);
    answer["command"] = nullptr;
    answer["steps"] = json::array();
    if (around_->files) {
        answer["command"] = install_lines_for(way, text, name).curl;
    } else {
        answer["steps"] = steps_for(way, text, name);
    }
    answer["ends_at"] = time_value(token.ends);
    co_return json_answer(answer, 201);
}

answering enrolment_endpoints::look(call_ptr what) {
    auto ask = [id = what->parts.front()](store::store& kept) {
        std::optional<progress> found;
        if (auto token = find_token(kept, id)) {
            auto machines = kept.enrolled_by(token->digest);
            found = progress{std::move(*token), std::move(machines)};
        }
        return found;
    };
    auto work = with_.reads.run(0, std::move(ask));
    auto const found = co_await std::move(work);
    if (!found) {
        throw failure(not_found, "There is no such enrolment.");
    }
    json::array machines;
    for (auto const& one : found->machines) {
        json::object machine;
        machine["id"] = one.id;
        machine["name"] = one.name;
        machine["reported_at"] = time_value(one.reported);
        machines.push_back(std::move(machine));
    }
    json::object answer;
    answer["id"] = id_of(found->token.digest);
    answer["ends_at"] = time_value(found->token.ends);
    answer["state"] = json::string(word_of(*found, with_.now()));
    answer["machines"] = std::move(machines);
    co_return json_answer(answer);
}

answering enrolment_endpoints::end(call_ptr what) {
    auto revoke = [id = what->parts.front()](store::store& kept) {
        auto const token = find_token(kept, id);
        return token && kept.revoke_token(token->digest).has_value();
    };
    auto work = with_.writes.run(0, std::move(revoke));
    bool const revoked = co_await std::move(work);
    if (!revoked) {
        throw failure(not_found, "There is no such enrolment.");
    }
    with_.servers_changed();
    co_return no_content();
}

} // namespace trafikito::server::people
