#include "config/pins.hpp"

#include "base/ascii.hpp"
#include "config/diagnostic.hpp"

#include <algorithm>

namespace trafikito::config {
namespace {

constexpr std::size_t digest_size = 44; // of 32 bytes in Base64, the padding included

bool is_pin(std::string_view text) {
    constexpr std::string_view prefix = "sha256/";
    if (!text.starts_with(prefix)) {
        return false;
    }
    text.remove_prefix(prefix.size());
    // A digest may itself begin with a slash: the length tells.
    if (text.size() == digest_size + 1 && text.front() == '/') {
        text.remove_prefix(1);
    }
    return text.size() == digest_size && text.back() == '=' &&
           std::ranges::all_of(text.substr(0, digest_size - 1), [](char c) {
               return base::is_digit(c) || (base::to_lower(c) >= 'a' && base::to_lower(c) <= 'z') ||
                      c == '+' || c == '/';
           });
}

} // namespace

std::string pins_problem(std::string_view text) {
    while (!text.empty()) {
        auto const end = std::min(text.find_first_of(", \t"), text.size());
        auto const one = text.substr(0, end);
        if (!one.empty() && !is_pin(one)) {
            return "must be sha256/ and the 44 characters of a hash, not " + in_quotes(one);
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return {};
}

} // namespace trafikito::config
