#include "server/http/message.hpp"

#include "base/ascii.hpp"

#include <algorithm>

namespace trafikito::server::http {

std::string_view find_header(request const& from, std::string_view name) {
    auto const found = std::ranges::find_if(from.headers, [&](auto const& field) {
        return base::equals_ignoring_case(field.first, name);
    });
    return found == from.headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view path_of(request const& from) {
    std::string_view const target = from.target;
    return target.substr(0, target.find('?'));
}

std::string_view query_of(request const& from) {
    std::string_view const target = from.target;
    auto const mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

} // namespace trafikito::server::http
