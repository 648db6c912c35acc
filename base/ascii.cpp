#include "base/ascii.hpp"

#include <algorithm>

namespace trafikito::base {

namespace {

template <class Unwanted>
std::string_view without_ends(std::string_view text, Unwanted unwanted) {
    while (!text.empty() && unwanted(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && unwanted(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

} // namespace

bool is_user_name(std::string_view text) {
    constexpr std::size_t longest = 32;
    return !text.empty() && text.size() <= longest && !text.starts_with('-') &&
           std::ranges::all_of(text, [](char c) { return is_word(c) || c == '-' || c == '.'; });
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), to_lower);
    return result;
}

bool equals_ignoring_case(std::string_view one, std::string_view other) {
    return std::ranges::equal(one, other, {}, to_lower, to_lower);
}

std::string_view trim(std::string_view text) {
    return without_ends(text, is_blank);
}

std::string_view trim_white_space(std::string_view text) {
    return without_ends(text, is_space);
}

std::vector<std::string_view> words_in(std::string_view text, std::string_view separators) {
    std::vector<std::string_view> words;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
        if (text.empty()) {
            return words;
        }
        words.push_back(text.substr(0, text.find_first_of(separators)));
        text.remove_prefix(words.back().size());
    }
}

line_reader::line_reader(std::string_view text) : rest_(text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (rest_.starts_with(byte_order_mark)) {
        rest_.remove_prefix(byte_order_mark.size());
    }
}

std::optional<text_line> line_reader::next() {
    if (rest_.empty()) {
        return std::nullopt;
    }
    auto const end = std::min(rest_.find('\n'), rest_.size());
    text_line const line{++number_, rest_.substr(0, end)};
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return line;
}

} // namespace trafikito::base
