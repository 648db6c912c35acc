#include "net/api/form.hpp"

#include "base/percent_encoding.hpp"

#include <algorithm>

namespace trafikito::net::api {

namespace {

constexpr std::size_t max_fields = 64;

} // namespace

std::string format_form(form_fields const& fields) {
    std::string body;
    for (auto const& [name, value] : fields) {
        if (!body.empty()) {
            body += '&';
        }
        body += base::percent_encode(name) + '=' + base::percent_encode(value);
    }
    return body;
}

std::optional<form_fields> parse_form(std::string_view body) {
    form_fields fields;
    while (!body.empty()) {
        auto const pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(pair.size() + 1, body.size()));
        if (pair.empty()) {
            continue;
        }
        auto const equals = pair.find('=');
        auto name = base::form_decode(pair.substr(0, equals));
        auto value = base::form_decode(equals == std::string_view::npos ? std::string_view{}
                                                                        : pair.substr(equals + 1));
        if (!name || !value || fields.size() == max_fields) {
            return std::nullopt;
        }
        fields.emplace_back(std::move(*name), std::move(*value));
    }
    return fields;
}

} // namespace trafikito::net::api
