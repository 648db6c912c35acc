#include "net/api/report.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace trafikito::net::api {

namespace {

constexpr std::string_view stem = "*-*-*-*------------ "; ///< how both markers begin

/// What a line of output must not begin with. The space after `command:` does not count, so that a
/// reader that is less strict is not deceived either.
constexpr std::array<std::string_view, 2> guarded{
    command_marker.substr(0, command_marker.size() - 1), available_marker};

bool is_marker(std::string_view line) {
    return std::ranges::any_of(guarded, [&](auto marker) { return line.starts_with(marker); });
}

bool may_become_marker(std::string_view line) {
    return std::ranges::any_of(guarded, [&](auto marker) { return marker.starts_with(line); });
}

std::string one_line(std::string_view text) {
    std::string line(text);
    std::ranges::replace_if(line, [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return line;
}

} // namespace

report_writer::report_writer(sink write) : write_(std::move(write)) {}

void report_writer::open_section(std::string_view name) {
    end_line();
    write_(std::string(command_marker) + one_line(name) + '\n');
}

void report_writer::output(std::string_view bytes) {
    bytes = complete_held(bytes);
    std::size_t written = 0;
    std::size_t at = 0;
    while (at < bytes.size()) {
        auto const line = bytes.substr(at);
        if (line_start_ && is_marker(line)) {
            pass_on(bytes.substr(written, at - written));
            pass_on(" ");
            written = at;
        } else if (line_start_ && may_become_marker(line)) {
            pass_on(bytes.substr(written, at - written));
            held_ = line;
            return;
        }
        auto const newline = line.find('\n');
        line_start_ = newline != std::string_view::npos;
        at = line_start_ ? at + newline + 1 : bytes.size();
    }
    pass_on(bytes.substr(written));
}

/// Goes on with a line of which only the beginning came with the piece before; returns what is
/// left.
std::string_view report_writer::complete_held(std::string_view bytes) {
    while (!held_.empty() && !bytes.empty()) {
        held_ += bytes.front();
        if (is_marker(held_)) {
            pass_on(" ");
        } else if (may_become_marker(held_)) {
            bytes.remove_prefix(1);
            continue;
        }
        held_.pop_back();
        flush_held();
    }
    return bytes;
}

void report_writer::note(std::string_view text) {
    end_line();
    write_("[trafikito-agent: " + one_line(text) + "]\n");
}

void report_writer::available_commands(std::vector<std::string> const& lines) {
    end_line();
    write_(std::string(available_marker) + '\n');
    for (auto const& line : lines) {
        write_(line + '\n');
    }
}

void report_writer::end_line() {
    flush_held();
    if (!line_start_) {
        write_("\n");
        line_start_ = true;
    }
}

void report_writer::flush_held() {
    if (!held_.empty()) {
        write_(held_);
        held_.clear();
        line_start_ = false;
    }
}

void report_writer::pass_on(std::string_view bytes) {
    if (!bytes.empty()) {
        write_(bytes);
    }
}

namespace {

bool at_line_start(std::string_view report, std::size_t at) {
    return at == 0 || report[at - 1] == '\n';
}

/// Our own agent's way of sending a line that is no marker.
bool escaped(std::string_view report, std::size_t at) {
    return at > 0 && report[at - 1] == ' ' && at_line_start(report, at - 1);
}

bool counts(std::string_view report, std::size_t at, marker_place place) {
    return at_line_start(report, at) || (place == marker_place::anywhere && !escaped(report, at));
}

/// Where the last section begins: at the last of its markers, those at the start of a line before
/// others.
std::size_t find_available(std::string_view report, marker_place place) {
    std::size_t glued = std::string_view::npos;
    for (auto at = report.rfind(available_marker); at != std::string_view::npos;
         at = at == 0 ? std::string_view::npos : report.rfind(available_marker, at - 1)) {
        if (at_line_start(report, at)) {
            return at;
        }
        if (glued == std::string_view::npos && counts(report, at, place)) {
            glued = at;
        }
    }
    return glued;
}

std::size_t find_command(std::string_view report, std::size_t from, marker_place place) {
    auto at = report.find(command_marker, from);
    while (at != std::string_view::npos && !counts(report, at, place)) {
        at = report.find(command_marker, at + stem.size());
    }
    return at;
}

std::string_view after_line(std::string_view text) {
    auto const newline = text.find('\n');
    return newline == std::string_view::npos ? std::string_view{} : text.substr(newline + 1);
}

} // namespace

parsed_report parse_report(std::string_view report, marker_place place) {
    parsed_report parsed;
    if (auto const at = find_available(report, place); at != std::string_view::npos) {
        parsed.available = after_line(report.substr(at));
        report = report.substr(0, at);
    }
    auto at = find_command(report, 0, place);
    while (at != std::string_view::npos) {
        auto const next = find_command(report, at + command_marker.size(), place);
        auto const whole = report.substr(at, next - at);
        auto name = whole.substr(command_marker.size());
        name = name.substr(0, name.find('\n'));
        if (name.ends_with('\r')) {
            name.remove_suffix(1);
        }
        parsed.sections.push_back({std::string(name), after_line(whole)});
        at = next;
    }
    return parsed;
}

} // namespace trafikito::net::api
