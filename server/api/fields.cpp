#include "server/api/fields.hpp"

#include "base/printable.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace trafikito::server::api {

std::string_view field(net::api::form_fields const& fields, std::string_view name) {
    auto const found =
        std::ranges::find_if(fields, [&](auto const& pair) { return pair.first == name; });
    return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view field(std::vector<net::api::part> const& parts, std::string_view name) {
    return net::api::find_part(parts, name).value_or(std::string_view());
}

std::optional<json_fields> parse_json_fields(std::string_view body) {
    static constexpr std::size_t max_body = 64UL * 1024;
    if (body.size() > max_body) {
        return std::nullopt;
    }
    boost::json::parse_options limits;
    limits.max_depth = 8;
    boost::system::error_code failed;
    auto const value = boost::json::parse({body.data(), body.size()}, failed, {}, limits);
    if (failed || !value.is_object()) {
        return std::nullopt;
    }
    json_fields fields;
    for (auto const& member : value.get_object()) {
        if (auto const* text = member.value().if_string(); text != nullptr) {
            fields.insert_or_assign(std::string(member.key()),
                                    std::string(text->data(), text->size()));
        }
    }
    return fields;
}

std::string_view field(json_fields const& fields, std::string_view name) {
    auto const found = fields.find(name);
    return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

store::os_facts facts_of(std::function<std::string_view(std::string_view name)> const& value_of) {
    auto const fact = [&](std::string_view name) {
        return base::checked_plain_text(value_of(name), 100).value_or(std::string());
    };
    return {fact("os"), fact("osCodename"), fact("osRelease"), fact("centosFlavor")};
}

} // namespace trafikito::server::api
