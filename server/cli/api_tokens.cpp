// trafikito-server api-tokens, api-tokens make and api-tokens revoke: by what programs ask.
#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/screen.hpp"
#include "server/store/new_api_token.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <stdexcept>

namespace trafikito::server::cli {

namespace {

constexpr std::size_t least_id = 4;

std::string ends_in_words(store::api_token const& one, base::wall_time now) {
    if (!one.ends) {
        return "never";
    }
    return is_live(one, now) ? time_in_table(*one.ends) : "ended " + time_in_table(*one.ends);
}

boost::json::object to_json(store::api_token const& one, base::wall_time now) {
    boost::json::object object;
    object["id"] = one.id;
    object["name"] = one.name;
    object["role"] = boost::json::string(word_of(one.role));
    object["made"] = base::utc_time(one.created);
    object["ends"] = nullptr;
    if (one.ends) {
        object["ends"] = base::utc_time(*one.ends);
    }
    object["used"] = nullptr;
    if (one.used) {
        object["used"] = base::utc_time(*one.used);
    }
    object["valid"] = is_live(one, now);
    return object;
}

/// The one whose id begins so, or that is the text itself.
store::api_token find_token(store::store& kept, std::string_view id_or_token) {
    if (auto whole = kept.find_api_token(security::sha256(id_or_token))) {
        return std::move(*whole);
    }
    std::optional<store::api_token> found;
    for (auto& each : kept.api_tokens()) {
        if (id_or_token.size() < least_id || !each.id.starts_with(id_or_token)) {
            continue;
        }
        if (found) {
            throw std::runtime_error("the ids of several tokens begin so: give all of one (see "
                                     "`trafikito-server api-tokens`)");
        }
        found = std::move(each);
    }
    if (!found) {
        throw std::runtime_error(
            "there is no such token: `trafikito-server api-tokens` lists them");
    }
    return std::move(*found);
}

} // namespace

int run(api_tokens_options const& options, base::console& to) {
    auto kept = open_store(options.data, store::access::read_only);
    auto const tokens = kept.api_tokens();
    auto const now = kept.now();
    if (options.json) {
        boost::json::array list;
        for (auto const& one : tokens) {
            list.push_back(to_json(one, now));
        }
        to.out << base::for_json(boost::json::serialize(list)) << '\n';
        return 0;
    }
    if (tokens.empty()) {
        to.out << "no tokens for programs: `trafikito-server api-tokens make NAME` makes one\n";
        return 0;
    }
    std::vector<std::vector<std::string>> rows{{"ID", "NAME", "ROLE", "MADE", "ENDS", "USED"}};
    for (auto const& one : tokens) {
        rows.push_back({one.id, cell(one.name), std::string(word_of(one.role)),
                        time_in_table(one.created), ends_in_words(one, now),
                        one.used ? time_in_table(*one.used) : "-"});
    }
    print_table(to.out, rows, screen_width());
    return 0;
}

int run(make_api_token_options const& options, base::console& to) {
    auto kept = open_store(options.data, store::access::read_write);
    auto const now = kept.now();
    auto const made =
        store::make_api_token(kept, options.name, options.role,
                              options.valid ? std::optional(now + *options.valid) : std::nullopt);
    // It is there before it can be seen: what is printed may go straight to a program.
    to.out << made.text << '\n';
    if (to.out.finish() != 0) {
        kept.revoke_api_token(made.token.id);
        return 1;
    }
    to.err << "a program that sends `Authorization: Bearer TOKEN` may "
           << (made.token.role == store::person_role::administrator ? "change all that the page can"
                                                                    : "look at all, and change "
                                                                      "nothing")
           << (made.token.ends ? ", until " + time_in_table(*made.token.ends) : std::string())
           << ". It is not seen again; `trafikito-server api-tokens revoke "
           << as_options(options.data) << made.token.id << "` ends it\n";
    return 0;
}

int run(revoke_api_token_options const& options, base::console& to) {
    auto kept = open_store(options.data, store::access::read_write);
    auto const token = find_token(kept, options.id);
    if (!kept.revoke_api_token(token.id)) {
        throw std::runtime_error("the token has gone meanwhile: somebody else revoked it");
    }
    to.out << "revoked " << token.id << " (" << cell(token.name)
           << "): it opens nothing any more\n";
    return 0;
}

} // namespace trafikito::server::cli
