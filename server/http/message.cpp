#include "server/http/message.hpp"

#include "base/ascii.hpp"

#include <algorithm>

namespace trafikito::server::http {

std::string_view find_header(request const& request, std::string_view name) {
    auto const found = std::ranges::find_if(request.headers, [&](auto const& field) {
        return base::equals_ignoring_case(field.first, name);
    });
    return found == request.headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view path_of(request const& request) {
    std::string_view const target = request.target;
    return target.substr(0, target.find('?'));
}

std::string_view query_of(request const& request) {
    std::string_view const target = request.target;
    auto const mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

} // namespace trafikito::server::http
