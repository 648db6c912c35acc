#include "server/cli/server_names.hpp"

#include "base/ascii.hpp"
#include "config/nearest.hpp"
#include "server/cli/screen.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace trafikito::server::cli {

namespace {

bool same_but_for_case(std::string const& one, std::string const& other) {
    return base::lower(one) == base::lower(other);
}

} // namespace

void refuse_id_as_name(store::store& store, std::string const& id, std::string const& name) {
    for (auto const& each : store.servers()) {
        if (each.id != id && same_but_for_case(each.id, name)) {
            throw std::runtime_error(cell(name, 200) + " is the id of another server (" +
                                     cell(each.name, 200) + "): choose another name");
        }
    }
    for (auto const& each : store.removed_servers()) {
        if (each.id != id && same_but_for_case(each.id, name)) {
            throw std::runtime_error(cell(name, 200) + " is the id of a server that was removed (" +
                                     cell(each.name, 200) + "): choose another name");
        }
    }
}

std::string nearest_server(store::store& store, std::string const& asked) {
    constexpr std::size_t least_beginning = 4; // of an id
    auto const servers = store.servers();
    std::vector<std::string_view> words;
    std::vector<store::server_row const*> begun;
    for (auto const& each : servers) {
        words.push_back(each.name);
        words.push_back(each.id);
        if (asked.size() >= least_beginning &&
            base::lower(each.id).starts_with(base::lower(asked))) {
            begun.push_back(&each);
        }
    }
    if (begun.size() == 1) {
        return begun.front()->id;
    }
    auto const near = config::nearest(asked, words);
    if (!near) {
        return {};
    }
    auto const same = std::ranges::count(servers, *near, &store::server_row::name);
    auto const found = std::ranges::find_if(
        servers, [&](auto const& each) { return each.name == *near || each.id == *near; });
    return same > 1 ? found->id : std::string(*near);
}

} // namespace trafikito::server::cli
