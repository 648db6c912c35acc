#include "server/http/message.hpp"

#include <algorithm>

namespace trafikito::server::http {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, [](char a, char b) { return lower(a) == lower(b); });
}

} // namespace

std::string_view find_header(request const& from, std::string_view name) {
    auto const found = std::ranges::find_if(
        from.headers, [&](auto const& field) { return same_name(field.first, name); });
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
