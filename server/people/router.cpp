#include "server/people/router.hpp"

#include "base/number.hpp"
#include "base/percent_encoding.hpp"
#include "server/people/answers.hpp"

#include <algorithm>

namespace trafikito::server::people {

namespace {

/// Takes what stands before the next `/` away from the text.
std::string_view take_part(std::string_view& text) {
    auto const end = std::min(text.find('/'), text.size());
    auto const part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

/// What stood for each `{}`; nothing when the path is another.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view path) {
    if (std::ranges::count(pattern, '/') != std::ranges::count(path, '/')) {
        return std::nullopt;
    }
    std::vector<std::string> parts;
    while (!pattern.empty()) {
        auto const wanted = take_part(pattern);
        auto const given = take_part(path);
        if (wanted != "{}") {
            if (wanted != given) {
                return std::nullopt;
            }
            continue;
        }
        auto decoded = base::percent_decode(given);
        if (!decoded || decoded->empty()) {
            return std::nullopt;
        }
        parts.push_back(std::move(*decoded));
    }
    return path.empty() ? std::optional(std::move(parts)) : std::nullopt;
}

} // namespace

std::optional<std::string_view> call::value(std::string_view name) const {
    auto const found = query.find(name);
    return found == query.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

std::optional<std::int64_t> call::number(std::string_view name, std::int64_t least,
                                         std::int64_t most) const {
    auto const text = value(name);
    if (!text) {
        return std::nullopt;
    }
    auto const read = base::number_in<std::int64_t>(*text);
    if (!read || *read < least || *read > most) {
        throw failure(invalid, std::string(name) + " must be a whole number from " +
                                   std::to_string(least) + " to " + std::to_string(most) + ".");
    }
    return read;
}

std::variant<router::none, router::other_methods, router::found>
router::find(std::string_view method, std::string_view path) const {
    auto const wanted = method == "HEAD" ? "GET" : method;
    std::string allowed;
    for (auto const& each : endpoints_) {
        auto parts = match(each.path, path);
        if (!parts) {
            continue;
        }
        if (each.method == wanted) {
            return found{&each, std::move(*parts)};
        }
        allowed +=
            (allowed.empty() ? "" : ", ") + each.method + (each.method == "GET" ? ", HEAD" : "");
    }
    if (allowed.empty()) {
        return none{};
    }
    return other_methods{std::move(allowed)};
}

} // namespace trafikito::server::people
