// trafikito-server tokens and tokens revoke: which enrolment tokens there are, what became of them.
#include "base/hexadecimal.hpp"
#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "base/units.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/screen.hpp"
#include "server/cli/token_list.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <stdexcept>

namespace trafikito::server::cli {

namespace {

constexpr std::size_t id_size = 12;
constexpr std::size_t least_id = 4;

std::string_view word_of(store::token_state state) {
    switch (state) {
    case store::token_state::expired:
        return "expired";
    case store::token_state::not_yet:
        return "not yet";
    case store::token_state::used_up:
        return "used up";
    case store::token_state::revoked:
        return "revoked";
    case store::token_state::valid:
        break;
    }
    return "valid";
}

std::vector<std::string> to_row(store::enrolment_token const& token, base::wall_time now) {
    return {id_of(token.digest),
            time_in_table(token.created),
            time_in_table(token.ends),
            std::to_string(token.counted) + "/" + std::to_string(token.machines),
            std::to_string(token.pending),
            token.server_name ? cell(*token.server_name) : "-",
            std::string(word_of(state_of(token, now)))};
}

boost::json::object to_json(store::enrolment_token const& token, base::wall_time now) {
    boost::json::object object;
    object["id"] = id_of(token.digest);
    object["made"] = base::utc_time(token.created);
    object["ends"] = base::utc_time(token.ends);
    object["machines"] = token.machines;
    object["reported"] = token.counted;
    object["waiting"] = token.pending;
    object["name"] = nullptr;
    if (token.server_name) {
        object["name"] = *token.server_name;
    }
    object["state"] = boost::json::string(word_of(state_of(token, now)));
    return object;
}

} // namespace

std::string id_of(security::digest const& token) {
    return base::to_hexadecimal(token).substr(0, id_size);
}

store::enrolment_token find_token(store::store& store, std::string_view id_or_token) {
    auto const whole = security::is_token(id_or_token)
                           ? std::optional(security::sha256(id_or_token))
                           : std::nullopt;
    std::optional<store::enrolment_token> found;
    for (auto& each : store.tokens()) {
        bool const meant =
            whole ? each.digest == *whole
                  : id_or_token.size() >= least_id && id_of(each.digest).starts_with(id_or_token);
        if (meant && found) {
            throw std::runtime_error("the ids of several tokens begin so: give all of one (see "
                                     "`trafikito-server tokens`)");
        }
        if (meant) {
            found = std::move(each);
        }
    }
    if (!found) {
        throw std::runtime_error("there is no such token: `trafikito-server tokens` lists them");
    }
    return std::move(*found);
}

int run(tokens_options const& options, base::console& to) {
    auto store = open_store(options.data, store::access::read_only);
    auto const tokens = store.tokens();
    auto const now = store.now();
    if (options.json) {
        boost::json::array list;
        for (auto const& token : tokens) {
            list.push_back(to_json(token, now));
        }
        to.out << base::for_json(boost::json::serialize(list)) << '\n';
        return 0;
    }
    if (tokens.empty()) {
        to.out << "no enrolment tokens: `trafikito-server enroll-command` makes one\n";
        return 0;
    }
    std::vector<std::vector<std::string>> rows{
        {"ID", "MADE", "ENDS", "MACHINES", "WAITING", "NAME", "STATE"}};
    for (auto const& token : tokens) {
        rows.push_back(to_row(token, now));
    }
    print_table(to.out, rows, screen_width());
    return 0;
}

int run(revoke_token_options const& options, base::console& to) {
    auto store = open_store(options.data, store::access::read_write);
    auto const token = find_token(store, options.token);
    auto const removed = store.revoke_token(token.digest);
    if (!removed) {
        throw std::runtime_error(
            "the token has gone meanwhile: somebody else removed it, or it ended long "
            "ago; `trafikito-server tokens` lists those that are left");
    }
    auto const count = [](std::int64_t number, char const* what) {
        return base::count_of(static_cast<std::size_t>(number), what);
    };
    to.out << "revoked " << id_of(token.digest) << ": it enrols nobody any more";
    if (*removed != 0) {
        to.out << "; removed " << count(*removed, "server") << " that had not reported yet";
    }
    if (token.counted != 0) {
        to.out << "; " << count(token.counted, "machine") << " that it enrolled before "
               << (token.counted == 1 ? "goes" : "go") << " on";
    }
    to.out << '\n';
    return 0;
}

} // namespace trafikito::server::cli
