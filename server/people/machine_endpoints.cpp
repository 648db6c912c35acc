#include "server/people/machine_endpoints.hpp"

#include "base/ascii.hpp"
#include "base/printable.hpp"
#include "server/people/answers.hpp"
#include "server/people/json_values.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <utility>

namespace trafikito::server::people {

namespace {

namespace json = boost::json;

/// What is to become of a machine.
struct new_facts {
    std::optional<std::string> name;
    std::optional<std::vector<std::string>> tags;
};

std::string checked(std::string text, std::string_view what, std::size_t limit) {
    auto plain = base::checked_plain_text(base::trim(text), limit);
    if (!plain || plain->empty()) {
        throw failure(invalid, std::string(what) + " must be 1 to " + std::to_string(limit) +
                                   " bytes of text without control or invisible characters.");
    }
    return std::move(*plain);
}

std::vector<std::string> tags_in(json::value const& given) {
    auto const* const list = given.if_array();
    if (list == nullptr || list->size() > machine_endpoints::max_tags) {
        throw failure(invalid, "tags must be a list of at most " +
                                   std::to_string(machine_endpoints::max_tags) + " texts.");
    }
    std::vector<std::string> tags;
    for (auto const& each : *list) {
        auto const* const text = each.if_string();
        auto tag = checked(text == nullptr ? "" : std::string(text->begin(), text->end()), "A tag",
                           machine_endpoints::max_tag);
        if (tag.find(',') != std::string::npos) {
            throw failure(invalid, "A tag holds no comma.");
        }
        if (std::ranges::find(tags, tag) == tags.end()) {
            tags.push_back(std::move(tag));
        }
    }
    return tags;
}

/// Two that answer to the same would be taken for one another.
void require_free(store::store& kept, std::string const& id, std::string const& name) {
    auto const taken = [&](auto const& each) {
        return each.id != id && (base::lower(each.id) == base::lower(name) || each.name == name);
    };
    auto const removed = [&](auto const& each) {
        return each.id != id && base::lower(each.id) == base::lower(name);
    };
    if (std::ranges::any_of(kept.servers(), taken) ||
        std::ranges::any_of(kept.removed_servers(), removed)) {
        throw failure(conflict, "Another machine has this name, or had it as its id.");
    }
}

} // namespace

store::server_row require_server(store::store& kept, std::string const& id) {
    auto row = kept.find_server(id);
    if (!row) {
        throw failure(not_found, "There is no such machine.");
    }
    return std::move(*row);
}

void machine_endpoints::add_to(router& routes) {
    using self = machine_endpoints;
    auto const add = [&](char const* method, char const* path, access needs,
                         answering (self::*answer)(call_ptr)) {
        routes.add({method, path, needs,
                    [this, answer](call_ptr what) { return (this->*answer)(std::move(what)); }});
    };
    add("GET", "/api/v1/machines", access::reader, &self::all);
    add("GET", "/api/v1/machines/{}", access::reader, &self::one);
    add("PATCH", "/api/v1/machines/{}", access::administrator, &self::change);
    add("DELETE", "/api/v1/machines/{}", access::administrator, &self::remove);
    add("GET", "/api/v1/machines/{}/commands", access::reader, &self::commands);
    add("PUT", "/api/v1/machines/{}/order", access::administrator, &self::set_order);
    add("GET", "/api/v1/machines/{}/feedback", access::reader, &self::feedback);
}

// Thousands of them are put into words on the reading thread.
answering machine_endpoints::all(call_ptr /*what*/) {
    auto list = [now = to_milliseconds(with_.now())](board& shown, store::store& /*kept*/) {
        return json_answer({{"now", now}, {"machines", shown.machines()}});
    };
    auto work = board_.ask_board(std::move(list));
    auto answer = co_await std::move(work);
    co_return answer;
}

answering machine_endpoints::one(call_ptr what) {
    auto find = [id = what->parts.at(0)](board& shown, store::store& /*kept*/) {
        auto found = shown.machine(id);
        if (!found) {
            throw failure(not_found, "There is no such machine.");
        }
        return json_answer(std::move(*found));
    };
    auto work = board_.ask_board(std::move(find));
    auto answer = co_await std::move(work);
    co_return answer;
}

answering machine_endpoints::change(call_ptr what) {
    auto const body = body_of(*what);
    new_facts wanted;
    if (auto const name = optional_text_in(body, "name", max_body)) {
        wanted.name = checked(*name, "name", max_name);
    }
    if (auto const* const tags = body.if_contains("tags")) {
        wanted.tags = tags_in(*tags);
    }
    auto change = [id = what->parts.at(0), wanted](store::store& kept) {
        require_server(kept, id);
        if (wanted.name) {
            require_free(kept, id, *wanted.name);
            kept.rename_server(id, *wanted.name);
        }
        if (wanted.tags) {
            kept.set_tags(id, *wanted.tags);
        }
        return true;
    };
    auto work = with_.writes.run(0, std::move(change));
    co_await std::move(work);
    with_.servers_changed();
    with_.log.info(what->who.name + " changed the name or the tags of " +
                   base::for_line(what->parts.at(0)));
    auto shown = one(what);
    auto answer = co_await std::move(shown);
    co_return answer;
}

// What it sent goes in small steps afterwards (store::tidy()).
answering machine_endpoints::remove(call_ptr what) {
    auto begin = [id = what->parts.at(0)](store::store& kept) {
        require_server(kept, id);
        return kept.begin_removal(id);
    };
    auto work = with_.writes.run(0, std::move(begin));
    co_await std::move(work);
    with_.servers_changed();
    with_.log.info(what->who.name + " removed " + base::for_line(what->parts.at(0)) +
                   ": its agent is told to stop when it asks next");
    co_return no_content();
}

} // namespace trafikito::server::people
