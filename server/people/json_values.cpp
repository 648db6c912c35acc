#include "server/people/json_values.hpp"

#include "base/utf8.hpp"

namespace trafikito::server::people {

boost::json::string text_value(std::string_view bytes) {
    constexpr std::string_view replacement = "\xef\xbf\xbd";
    boost::json::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        auto const one = base::first_character(bytes);
        auto const size = std::max<std::size_t>(one.size, 1);
        text.append(one.size == 0 ? replacement : bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    return text;
}

} // namespace trafikito::server::people
