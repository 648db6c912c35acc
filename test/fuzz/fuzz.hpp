#pragma once
// What every fuzz target says: a property that does not hold ends the run like a crash does, with
// its words, and libFuzzer keeps the input. Not for Boost.Test.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace trafikito::fuzz {

inline void must(bool holds, char const* property) {
    if (!holds) {
        std::fprintf(stderr, "does not hold: %s\n", property);
        std::abort();
    }
}

inline std::string_view as_text(std::uint8_t const* data, std::size_t size) {
    return size == 0 ? std::string_view{}
                     : std::string_view(reinterpret_cast<char const*>(data), size);
}

/// What stands before and behind the first `separator`; the second is empty when there is none.
inline std::pair<std::string_view, std::string_view> split(std::string_view text, char separator) {
    auto const at = text.find(separator);
    return at == std::string_view::npos ? std::pair(text, std::string_view{})
                                        : std::pair(text.substr(0, at), text.substr(at + 1));
}

/// Fit for a log line: no control character, so that no line begins in the middle.
inline bool is_one_line(std::string_view text) {
    for (char const c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            return false;
        }
    }
    return true;
}

/// Whether `part` looks into `whole`.
inline bool is_inside(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

} // namespace trafikito::fuzz
