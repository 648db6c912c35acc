#include "server/cli/screen.hpp"

#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "base/utf8.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace trafikito::server::cli {

namespace {

using range = std::pair<std::uint32_t, std::uint32_t>;

// Blanks other than that of ASCII, and what shows nothing at all.
constexpr std::array blanks{range{0xA0, 0xA0},     range{0xAD, 0xAD},      range{0x034F, 0x034F},
                            range{0x115F, 0x1160}, range{0x1680, 0x1680},  range{0x17B4, 0x17B5},
                            range{0x180B, 0x180E}, range{0x2000, 0x200F},  range{0x202F, 0x202F},
                            range{0x205F, 0x2065}, range{0x2800, 0x2800},  range{0x3000, 0x3000},
                            range{0x3164, 0x3164}, range{0xFE00, 0xFE0F},  range{0xFEFF, 0xFEFF},
                            range{0xFFA0, 0xFFA0}, range{0xE0000, 0xE0FFF}};
constexpr std::array marks{range{0x0300, 0x036F}, range{0x1AB0, 0x1AFF}, range{0x1DC0, 0x1DFF},
                           range{0x200B, 0x200F}, range{0x20D0, 0x20FF}, range{0xFE00, 0xFE0F},
                           range{0xFE20, 0xFE2F}};
constexpr std::array wide{range{0x1100, 0x115F}, range{0x2E80, 0xA4CF},   range{0xAC00, 0xD7A3},
                          range{0xF900, 0xFAFF}, range{0xFE30, 0xFE6F},   range{0xFF00, 0xFF60},
                          range{0xFFE0, 0xFFE6}, range{0x1F300, 0x1FAFF}, range{0x20000, 0x3FFFD}};

template <std::size_t Size>
bool stands_in(std::array<range, Size> const& ranges, std::uint32_t code) {
    return std::ranges::any_of(
        ranges, [&](range const& one) { return code >= one.first && code <= one.second; });
}

std::size_t width_of(base::character const& one) {
    if (stands_in(marks, one.code)) {
        return 0;
    }
    return stands_in(wide, one.code) ? 2 : 1;
}

/// Takes the first character; one byte where there is none.
std::pair<base::character, std::string_view> take_character(std::string_view& text) {
    auto const next = base::first_character(text);
    auto const piece = text.substr(0, std::max<std::size_t>(next.size, 1));
    text.remove_prefix(piece.size());
    return {next, piece};
}

std::string escaped(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (char const c : bytes) {
        auto const byte = static_cast<unsigned char>(c);
        text += "\\x";
        text += digits[byte >> 4U];
        text += digits[byte & 0x0FU];
    }
    return text;
}

} // namespace

std::string cell(std::string_view text, std::size_t limit) {
    if (text.empty()) {
        return "\"\"";
    }
    std::string shown;
    bool after_letter = false;
    auto const safe = base::for_line(text, limit);
    for (std::string_view rest = safe; !rest.empty();) {
        auto const [one, piece] = take_character(rest);
        bool const single = piece == " " && after_letter && !rest.empty() && rest.front() != ' ';
        bool const blank = piece == " " ? !single : stands_in(blanks, one.code);
        shown += blank ? escaped(piece) : std::string(piece);
        after_letter = piece != " ";
    }
    return shown;
}

std::string time_in_table(base::wall_time time) {
    constexpr std::size_t day = 10;
    constexpr std::size_t fraction = 19;
    constexpr std::size_t fraction_size = 4;
    auto text = base::local_time(time);
    text[day] = ' ';
    return text.replace(fraction, fraction_size, " ");
}

std::size_t width_of(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        width += width_of(take_character(text).first);
    }
    return width;
}

std::optional<std::size_t> screen_width() {
    constexpr std::size_t least = 20; // below that nothing can be read anyway
    winsize size{};
    if (::isatty(STDOUT_FILENO) != 1 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
        size.ws_col == 0) {
        return std::nullopt;
    }
    return std::max<std::size_t>(size.ws_col, least);
}

void print_folded(std::ostream& out, std::string_view text, std::string_view further,
                  std::optional<std::size_t> width) {
    constexpr std::size_t tab = 8;
    if (!width) {
        out << text << '\n';
        return;
    }
    std::size_t column = 0;
    while (!text.empty()) {
        auto const [one, piece] = take_character(text);
        auto const wants = piece == "\t" ? tab - column % tab : width_of(one);
        if (column + wants > *width) {
            out << '\n' << further;
            column = width_of(further);
            column += piece == "\t" ? tab - column % tab : wants;
        } else {
            column += wants;
        }
        out << piece;
    }
    out << '\n';
}

void print_table(std::ostream& out, std::vector<std::vector<std::string>> const& rows,
                 std::optional<std::size_t> width) {
    std::vector<std::size_t> widths;
    for (auto const& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t column = 0; column < row.size(); ++column) {
            widths[column] = std::max(widths[column], width_of(row[column]));
        }
    }
    for (auto const& row : rows) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column) {
            line += row[column];
            bool const last = column + 1 == row.size();
            line.append(last ? 0 : widths[column] - width_of(row[column]) + 2, ' ');
        }
        print_folded(out, line, "    ", width);
    }
}

} // namespace trafikito::server::cli
