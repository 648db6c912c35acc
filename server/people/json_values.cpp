#include "server/people/json_values.hpp"

#include "base/printable.hpp"
#include "base/utf8.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace trafikito::server::people {

std::string to_text(boost::json::value const& what) {
    return base::for_json(boost::json::serialize(what));
}

std::string utf8_of(std::string_view bytes) {
    constexpr std::string_view replacement = "\xef\xbf\xbd";
    std::string text;
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
