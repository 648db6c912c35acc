#include "server/values/taken_value.hpp"

#include "base/ascii.hpp"
#include "base/checksum.hpp"
#include "base/printable.hpp"
#include "server/values/rule.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace trafikito::server::values {

namespace {

/// Behind what was cut.
std::string mark_of(std::string_view text) {
    static constexpr std::string_view digits = "0123456789abcdef";
    constexpr unsigned bits = 32;
    auto const sum = base::checksum(text);
    std::string mark = "~";
    for (unsigned shift = 0; shift < bits; shift += 4) {
        mark += digits[(sum >> shift) & 0xFU];
    }
    return mark;
}

} // namespace

std::string instance_of(std::string_view text) {
    bool const is_plain =
        std::ranges::all_of(text, [](char c) { return base::is_graphic(c) || c == ' '; });
    if (is_plain && text.size() <= max_instance) {
        return std::string(text);
    }
    auto harmless = base::for_line(text.substr(0, 2 * max_instance), 4 * max_instance);
    if (text.size() <= max_instance && harmless.size() <= max_instance) {
        return harmless;
    }
    auto const mark = mark_of(text);
    return harmless.substr(0, base::whole_characters(harmless, max_instance - mark.size())) + mark;
}

std::string name_of(std::string_view text) {
    std::string name;
    for (char const c : text.substr(0, max_name)) {
        if (base::is_word(c)) {
            name += c;
        } else if (!name.empty() && !name.ends_with('_')) {
            name += '_';
        }
    }
    while (name.ends_with('_')) {
        name.pop_back();
    }
    return name;
}

} // namespace trafikito::server::values
