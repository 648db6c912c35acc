#include "server/values/json_values.hpp"

#include "base/number.hpp"
#include "config/diagnostic.hpp"
#include "server/values/taken_value.hpp"

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

namespace trafikito::server::values {

namespace json = boost::json;

namespace {

json::value const* step_into(json::value const& from, std::string const& element) {
    if (auto const* const object = from.if_object()) {
        return object->if_contains(element);
    }
    if (auto const* const array = from.if_array()) {
        auto const index = base::number_in<std::size_t>(element);
        return index && *index < array->size() ? &(*array)[*index] : nullptr;
    }
    return nullptr;
}

json::value const* find_one(json::value const& from, std::span<std::string const> path) {
    auto const* at = &from;
    for (auto const& element : path) {
        at = at == nullptr ? nullptr : step_into(*at, element);
    }
    return at;
}

std::optional<double> as_number(json::value const* one, double factor) {
    if (one == nullptr) {
        return std::nullopt;
    }
    std::optional<double> found;
    if (auto const* const whole = one->if_int64()) {
        found = static_cast<double>(*whole);
    } else if (auto const* const large = one->if_uint64()) {
        found = static_cast<double>(*large);
    } else if (auto const* const real = one->if_double()) {
        found = *real;
    } else if (auto const* const yes = one->if_bool()) {
        return *yes ? 1 : 0;
    } else if (auto const* const text = one->if_string()) {
        return number_with_unit({text->data(), text->size()}, factor, factor != 1);
    }
    if (found) {
        *found *= factor;
    }
    return found && std::isfinite(*found) ? found : std::nullopt;
}

std::string text_of(json::value const* one, std::string otherwise) {
    if (one != nullptr && one->is_string()) {
        auto const& text = one->get_string();
        return instance_of({text.data(), text.size()});
    }
    if (one != nullptr && one->is_int64()) {
        return std::to_string(one->get_int64());
    }
    return otherwise;
}

} // namespace

struct json_document::content {
    json::monotonic_resource memory;
    json::value root;
};

json_document::json_document(std::string_view text) : content_(std::make_unique<content>()) {
    if (text.size() > max_json) {
        problem_ = "it is longer than 1 MiB";
        return;
    }
    json::parse_options bounds;
    bounds.max_depth = max_json_depth;
    boost::system::error_code wrong;
    content_->root = json::parse({text.data(), text.size()}, wrong, &content_->memory, bounds);
    if (wrong) {
        problem_ = wrong.message();
    }
}

json_document::~json_document() = default;

std::vector<json_number> json_document::find(by_pointer const& where, double factor,
                                             std::size_t most) const {
    std::vector<json_number> all;
    if (!problem_.empty()) {
        return all;
    }
    std::span const path(where.path);
    auto const each = std::ranges::find(path, "*");
    auto const* const from =
        find_one(content_->root, path.first(static_cast<std::size_t>(each - path.begin())));
    if (each == path.end()) {
        if (auto const value = as_number(from, factor)) {
            all.push_back({{}, *value});
        }
        return all;
    }
    std::span const behind(each + 1, path.end());
    auto const add = [&](json::value const& one, std::string key) {
        auto const value = as_number(find_one(one, behind), factor);
        if (value && all.size() < most) {
            auto const* const name =
                where.instance.empty() ? nullptr : find_one(one, where.instance);
            all.push_back({text_of(name, std::move(key)), *value});
        }
    };
    if (from != nullptr && from->is_object()) {
        for (auto const& one : from->get_object()) {
            add(one.value(), instance_of({one.key().data(), one.key().size()}));
        }
    } else if (from != nullptr && from->is_array()) {
        for (std::size_t at = 0; at < from->get_array().size() && all.size() < most; ++at) {
            add(from->get_array()[at], std::to_string(at));
        }
    }
    return all;
}

namespace {

/// `"a", "b"`: the members of an object; of an array how many it has.
std::string members_of(json::value const& one) {
    constexpr std::size_t most = 12;
    if (auto const* const array = one.if_array()) {
        return "it is a list of " + std::to_string(array->size());
    }
    auto const* const object = one.if_object();
    if (object == nullptr) {
        return "it has no members";
    }
    std::string text;
    for (std::size_t at = 0; at < std::min(most, object->size()); ++at) {
        auto const key = (object->begin() + static_cast<std::ptrdiff_t>(at))->key();
        text += (at == 0 ? "" : ", ") + config::in_quotes({key.data(), key.size()});
    }
    return "it has " + (text.empty() ? "no members" : text) +
           (object->size() > most ? " and more" : "");
}

} // namespace

std::string json_document::first_missing(std::vector<std::string> const& path) const {
    auto const* at = &content_->root;
    std::string before = "the document";
    for (auto const& element : path) {
        auto const* next = step_into(*at, element);
        if (element == "*" && next == nullptr) {
            auto const* const array = at->if_array();
            auto const* const object = at->if_object();
            next = array != nullptr && !array->empty()     ? &array->front()
                   : object != nullptr && !object->empty() ? &object->begin()->value()
                                                           : nullptr;
        }
        if (next == nullptr) {
            return before + " has no " + config::in_quotes(element) + ": " + members_of(*at);
        }
        at = next;
        before = config::in_quotes(element);
    }
    return before + " is no number" + (at->is_structured() ? ": " + members_of(*at) : "");
}

std::vector<std::string> pointer_elements(std::string_view text) {
    std::vector<std::string> elements;
    for (std::size_t at = 0; at < text.size() && text[at] == '/';) {
        auto const end = std::min(text.find('/', at + 1), text.size());
        std::string element;
        for (auto i = at + 1; i < end; ++i) {
            bool const escaped =
                text[i] == '~' && i + 1 < end && (text[i + 1] == '0' || text[i + 1] == '1');
            element += escaped ? (text[++i] == '0' ? '~' : '/') : text[i];
        }
        elements.push_back(std::move(element));
        at = end;
    }
    return elements;
}

} // namespace trafikito::server::values
