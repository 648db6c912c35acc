#include "server/database/postgres_text.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"

#include <algorithm>

namespace trafikito::server::database {

std::string with_dollars(std::string_view sql) {
    std::string text;
    int count = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < sql.size(); ++at) {
        char const c = sql[at];
        quoted = quoted != (c == '\'');
        if (c != '?' || quoted) {
            text += c;
            continue;
        }
        text += '$';
        if (at + 1 == sql.size() || !base::is_digit(sql[at + 1])) {
            text += std::to_string(++count);
        }
    }
    return text;
}

std::string as_utf8(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    for (auto rest = text; !rest.empty();) {
        auto const next = base::first_character(rest);
        auto const size = next.size == 0 ? 1 : next.size;
        bool const fine = next.size != 0 && rest.front() != '\0';
        clean += fine ? rest.substr(0, size) : std::string_view("?");
        rest.remove_prefix(size);
    }
    return clean;
}

std::array<char, 8> big_endian(std::int64_t value) {
    auto bits = static_cast<std::uint64_t>(value);
    std::array<char, 8> bytes{};
    for (auto at = bytes.rbegin(); at != bytes.rend(); ++at, bits >>= 8U) {
        *at = static_cast<char>(bits & 0xFFU);
    }
    return bytes;
}

std::int64_t from_big_endian(std::string_view bytes) {
    bool const negative =
        !bytes.empty() && (static_cast<unsigned char>(bytes.front()) & 0x80U) != 0;
    // A bool is one byte, and not negative.
    std::uint64_t value = negative && bytes.size() > 1 ? ~std::uint64_t{0} : 0;
    for (char const c : bytes) {
        value = (value << 8U) | static_cast<unsigned char>(c);
    }
    return static_cast<std::int64_t>(value);
}

std::size_t end_of_command(std::string_view script) {
    static constexpr std::string_view dollars = "$$";
    bool quoted = false;
    for (std::size_t at = 0; at < script.size(); ++at) {
        auto const two = script.substr(at, 2);
        if (!quoted && two == dollars) {
            at = std::min(script.find(dollars, at + 2), script.size() - 1) + 1;
        } else if (!quoted && two == "--") {
            at = std::min(script.find('\n', at), script.size());
        } else if (!quoted && script[at] == ';') {
            return at;
        } else {
            quoted = quoted != (script[at] == '\'');
        }
    }
    return script.size();
}

} // namespace trafikito::server::database
