#include "base/duration.hpp"

#include <charconv>
#include <cstdint>

namespace trafikito::base {

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
    static constexpr std::int64_t longest = 3650LL * 24 * 3600;
    std::int64_t number = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    auto const unit = text.substr(static_cast<std::size_t>(end - text.data()));
    std::int64_t const factor = unit.empty() || unit == "s" ? 1
                                : unit == "m"               ? 60
                                : unit == "h"               ? 3600
                                : unit == "d"               ? 86400
                                                            : 0;
    if (failed != std::errc() || factor == 0 || number < 0 || number > longest / factor) {
        return std::nullopt;
    }
    return std::chrono::seconds(number * factor);
}

} // namespace trafikito::base
