#include "agent/cli/page.hpp"

#include "base/printable.hpp"

namespace trafikito::agent::cli {

namespace {

constexpr std::string_view indentation = "    ";
constexpr std::string_view red = "\x1b[31m";
constexpr std::string_view plain = "\x1b[0m";
/// Of a longer line this much is put out at once: as base::output has it.
constexpr std::size_t longest_line = 1UL << 20U;

} // namespace

page::page(base::console& to, bool colour) : to_(to), colour_(colour) {
    if (colour_) {
        to_.out.pass_on_bytes();
    }
}

void page::add(std::string_view text) {
    to_.out << base::for_terminal(to_.hidden(text));
}

void page::add_failure(std::string_view text) {
    to_.out << (colour_ ? red : "");
    add(text);
    to_.out << (colour_ ? plain : "");
}

void page::add_output(std::string_view piece) {
    while (!piece.empty()) {
        auto const newline = piece.find('\n');
        line_ += piece.substr(0, newline);
        piece.remove_prefix(newline == std::string_view::npos ? piece.size() : newline + 1);
        if (newline != std::string_view::npos || line_.size() > longest_line) {
            put_line(line_);
            line_.clear();
        }
    }
}

void page::end_output() {
    if (!line_.empty()) {
        put_line(line_);
        line_.clear();
    }
}

void page::put_line(std::string_view line) {
    to_.out << (line.empty() ? "" : indentation) << base::for_terminal(to_.hidden(line)) << '\n';
}

} // namespace trafikito::agent::cli
