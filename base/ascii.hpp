#pragma once
// Small questions about text that all parsers share: lines, blanks, case. ASCII only, no locale.

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::base {

/// Longest line of a file, in bytes, without its end.
inline constexpr std::size_t max_line_length = std::size_t{8} * 1024;

constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t';
}
/// `[[:space:]]` of the C locale.
constexpr bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_word(char c) {
    return is_letter(c) || is_digit(c) || c == '_';
}
constexpr bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}
/// Printable ASCII without the blank.
constexpr bool is_graphic(char c) {
    return c > 0x20 && c < 0x7f;
}
constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// Name or number of a user as useradd(8) takes it, up to 32 characters.
bool is_user_name(std::string_view text);

std::string lower(std::string_view text);
/// As names in headers are compared. (Beast's iequals() of Boost 1.81 reads a byte too much where
/// the last letters differ in their case.)
bool equals_ignoring_case(std::string_view one, std::string_view other);

/// Without blanks (space, tab) at both ends.
std::string_view trim(std::string_view text);

/// Without white space (is_space()) at both ends.
std::string_view trim_white_space(std::string_view text);

/// What stands between any of the separators (of themselves is_space()), as parts of `text`, which
/// must outlive them; none is empty.
std::vector<std::string_view> words_in(std::string_view text,
                                       std::string_view separators = " \t\n\v\f\r");

struct text_line {
    std::size_t number = 0; ///< 1-based
    std::string_view text;  ///< without the newline; a carriage return is still there
};

/// Hands out the lines of a text one after the other; skips a UTF-8 byte order mark in front.
class line_reader {
public:
    /// `text` must outlive it.
    explicit line_reader(std::string_view text);
    template <std::same_as<std::string> Temporary>
    explicit line_reader(Temporary&& text) = delete;

    /// The next line; nothing at the end. What follows the last newline is a line unless it is
    /// empty.
    std::optional<text_line> next();

private:
    std::string_view rest_;
    std::size_t number_ = 0;
};

} // namespace trafikito::base
