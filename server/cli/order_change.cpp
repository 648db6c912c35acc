#include "server/cli/order_change.hpp"

#include "config/nearest.hpp"
#include "server/api/available_list.hpp"
#include "server/cli/screen.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <string_view>

namespace trafikito::server::cli {

namespace {

using names = std::vector<std::string>;

bool holds(names const& all, std::string const& one) {
    return std::ranges::find(all, one) != all.end();
}

std::string_view without_prefix(std::string_view name) {
    constexpr std::string_view prefix = "trafikito_";
    return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

std::string joined(names const& all) {
    constexpr std::size_t shown = 12;
    std::string text;
    for (std::size_t i = 0; i < all.size() && i < shown; ++i) {
        text += i == 0 ? "" : ", ";
        text += all[i];
    }
    return all.size() > shown ? text + ", … (" + std::to_string(all.size()) + " in all)" : text;
}

/// `a, b or c`
std::string alternatives(std::vector<std::string_view> const& all) {
    std::string text;
    for (std::size_t i = 0; i < all.size(); ++i) {
        text += i == 0 ? "" : i + 1 < all.size() ? ", " : " or ";
        text += all[i];
    }
    return text;
}

/// The first few that begin as `name` does, or as which it begins: df_h and df_p of df.
std::vector<std::string_view> alike(std::string_view name,
                                    std::vector<std::string_view> const& candidates) {
    constexpr std::size_t most = 4;
    std::vector<std::string_view> found;
    for (auto const candidate : candidates) {
        bool const fits = candidate.starts_with(name) || name.starts_with(candidate);
        if (fits && !name.empty() && !candidate.empty() && found.size() < most) {
            found.push_back(candidate);
        }
    }
    return found;
}

/// Each of `wrong` with the name that may have been meant; else what there is to choose from.
std::string explain(names const& wrong, names const& offered) {
    std::string text;
    bool near = false;
    for (auto const& name : wrong) {
        auto const meant = nearest_words(name, offered);
        near = near || !meant.empty();
        text += text.empty() ? "" : ", ";
        text += name;
        text += meant;
    }
    return near || offered.empty() ? text : text + "; there are " + joined(offered);
}

/// None of `asked` would run, although what the server offers is known.
void refuse_unknown(store::server_row const& server, names const& asked, names const& offered) {
    bool const known = std::ranges::any_of(asked, [&](auto const& n) { return holds(offered, n); });
    if (!asked.empty() && !known && !offered.empty()) {
        throw std::runtime_error(
            "nothing was changed: " + cell(server.name, 200) + " has no command of " +
            (asked.size() == 1 ? "this name: " : "these names: ") + explain(asked, offered));
    }
}

names order_that_stands(store::server_row const& server) {
    auto const offered = api::available_names(server.available);
    if (!server.wanted && offered.empty()) {
        throw std::runtime_error(
            "nothing was changed: " + cell(server.name, 200) +
            " is asked to run all that its list offers, and that is not known before its first "
            "report: name all commands that it shall run");
    }
    return server.wanted.value_or(offered);
}

void take_away(store::server_row const& server, names const& removed, names& order) {
    for (auto const& name : removed) {
        if (std::erase(order, name) == 0) {
            throw std::runtime_error("nothing was changed: " + cell(server.name, 200) +
                                     " is not asked to run " + explain({name}, order) +
                                     " (-NAME takes a command away, options begin with --)");
        }
    }
    if (order.empty()) {
        throw std::runtime_error("nothing was changed: no command would be left for " +
                                 cell(server.name, 200) +
                                 "; if that is meant, give --none in place of the names");
    }
}

wanted_names added_and_removed(store::server_row const& server, order_options const& options,
                               names const& offered) {
    refuse_unknown(server, options.added, offered);
    auto order = order_that_stands(server);
    bool const has_all =
        std::ranges::all_of(options.added, [&](auto const& name) { return holds(order, name); });
    if (!server.wanted && options.removed.empty() && has_all) {
        return std::nullopt; // all that its list offers, these among them
    }
    std::ranges::copy_if(options.added, std::back_inserter(order),
                         [&](auto const& name) { return !holds(order, name); });
    take_away(server, options.removed, order);
    refuse_unknown(server, order, offered);
    return order;
}

} // namespace

std::string nearest_words(std::string const& name, std::vector<std::string> const& offered) {
    std::vector<std::string_view> candidates;
    candidates.reserve(offered.size());
    for (auto const& each : offered) {
        candidates.push_back(without_prefix(each));
    }
    auto meant = alike(without_prefix(name), candidates);
    if (auto const mistyped = config::nearest(without_prefix(name), candidates);
        mistyped && std::ranges::find(meant, *mistyped) == meant.end()) {
        meant.insert(meant.begin(), *mistyped);
    }
    return meant.empty() ? "" : " (did you mean " + alternatives(meant) + "?)";
}

std::vector<std::string> known_list(store::server_row const& server) {
    return server.last_report ? api::available_names(server.available) : names();
}

wanted_names changed_order(store::server_row const& server, order_options const& options) {
    if (options.all) {
        return std::nullopt;
    }
    if (options.none) {
        return names{};
    }
    auto const offered = known_list(server);
    if (!options.names.empty()) {
        refuse_unknown(server, options.names, offered);
        return options.names;
    }
    if (!options.added.empty() || !options.removed.empty()) {
        return added_and_removed(server, options, offered);
    }
    return server.wanted;
}

} // namespace trafikito::server::cli
