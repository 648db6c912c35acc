#include "test/server/people/json_schema.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace trafikito::test {

namespace {

namespace json = boost::json;

bool is_type(json::value const& value, std::string_view type) {
    if (type == "integer") {
        return value.is_int64() || value.is_uint64();
    }
    return (type == "number" && value.is_number()) || (type == "string" && value.is_string()) ||
           (type == "boolean" && value.is_bool()) || (type == "null" && value.is_null()) ||
           (type == "array" && value.is_array()) || (type == "object" && value.is_object());
}

struct checker {
    json::value const& document;

    std::string fault(json::value const& value, json::value const& schema,
                      std::string const& where) const {
        for (auto const& [name, wanted] : schema.as_object()) {
            if (auto found = fault_by(name, wanted, value, schema.as_object(), where);
                !found.empty()) {
                return found;
            }
        }
        return {};
    }

private:
    std::string fault_by(std::string_view name, json::value const& wanted, json::value const& value,
                         json::object const& schema, std::string const& where) const {
        if (name == "description" || name == "format" || name.starts_with("x-") ||
            name == "additionalProperties") {
            return {};
        }
        if (name == "$ref") {
            auto const path = std::string_view(wanted.as_string()).substr(1); // behind #
            return fault(value, document.at_pointer(path), where);
        }
        if (name == "type") {
            return of_type(wanted, value, where);
        }
        if (name == "enum") {
            return std::ranges::count(wanted.as_array(), value) == 0
                       ? where + " is none of the enum"
                       : "";
        }
        if (name == "minimum" || name == "maximum") {
            return of_bound(name, wanted, value, where);
        }
        if (name == "oneOf" || name == "anyOf") {
            auto const fits = std::ranges::count_if(wanted.as_array(), [&](auto const& each) {
                return fault(value, each, where).empty();
            });
            bool const good = name == "oneOf" ? fits == 1 : fits > 0;
            return good ? "" : where + " fits " + std::to_string(fits) + " of " + std::string(name);
        }
        if (name == "items") {
            return of_items(wanted, value, where);
        }
        if (name == "required") {
            return of_required(wanted, value, where);
        }
        if (name == "properties") {
            return of_properties(wanted, value, schema, where);
        }
        return where + ": the schema has an unknown keyword, " + std::string(name);
    }

    static std::string of_type(json::value const& wanted, json::value const& value,
                               std::string const& where) {
        bool fits = false;
        if (auto const* const one = wanted.if_string()) {
            fits = is_type(value, *one);
        } else {
            fits = std::ranges::any_of(wanted.as_array(), [&](auto const& each) {
                return is_type(value, each.as_string());
            });
        }
        return fits ? "" : where + " is not of type " + json::serialize(wanted);
    }

    static std::string of_bound(std::string_view name, json::value const& wanted,
                                json::value const& value, std::string const& where) {
        if (!value.is_number()) {
            return {};
        }
        auto const number = value.to_number<double>();
        auto const bound = wanted.to_number<double>();
        bool const fits = name == "minimum" ? number >= bound : number <= bound;
        return fits ? "" : where + " is beyond its " + std::string(name);
    }

    std::string of_items(json::value const& wanted, json::value const& value,
                         std::string const& where) const {
        auto const* const list = value.if_array();
        for (std::size_t at = 0; list != nullptr && at < list->size(); ++at) {
            auto found = fault((*list)[at], wanted, where + "[" + std::to_string(at) + "]");
            if (!found.empty()) {
                return found;
            }
        }
        return {};
    }

    static std::string of_required(json::value const& wanted, json::value const& value,
                                   std::string const& where) {
        auto const* const object = value.if_object();
        for (auto const& each : wanted.as_array()) {
            if (object != nullptr && !object->contains(each.as_string())) {
                return where + " lacks " + std::string(each.as_string());
            }
        }
        return {};
    }

    std::string of_properties(json::value const& wanted, json::value const& value,
                              json::object const& schema, std::string const& where) const {
        auto const* const object = value.if_object();
        if (object == nullptr) {
            return {};
        }
        auto const* const others = schema.if_contains("additionalProperties");
        for (auto const& [name, member] : *object) {
            auto const here = where + "." + std::string(name);
            auto const* const one = wanted.as_object().if_contains(name);
            if (one == nullptr && others != nullptr && !others->as_bool()) {
                return here + " is not in the schema";
            }
            auto found = one == nullptr ? std::string() : fault(member, *one, here);
            if (!found.empty()) {
                return found;
            }
        }
        return {};
    }
};

} // namespace

std::string fault_of_json(json::value const& value, json::value const& schema,
                          json::value const& document) {
    return checker{document}.fault(value, schema, "$");
}

} // namespace trafikito::test
