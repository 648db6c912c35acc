#include "server/values/rule_line.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "config/diagnostic.hpp"
#include "config/nearest.hpp"
#include "server/values/taken_value.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace trafikito::server::values {

namespace {

using config::in_quotes;

constexpr std::string_view prefix = "trafikito_";
constexpr std::array options{std::string_view("unit"), std::string_view("chart"),
                             std::string_view("counter"), std::string_view("only"),
                             std::string_view("except")};

std::string hint_for(std::string_view option) {
    auto const near = config::nearest(option, options);
    return near ? "Did you mean " + std::string(*near) + "?"
                : "The options are unit, chart, counter, only and except.";
}

bool ends_word(char c) {
    return base::is_blank(c) || c == ',' || c == '#' || c == '"' || c == '=';
}

} // namespace

bool rule_line::fail_at(std::size_t where, std::string what, std::string hint) {
    if (problem_.empty()) {
        problem_ = std::move(what);
        hint_ = std::move(hint);
        position_ = where;
    }
    return false;
}

void rule_line::skip() {
    while (at_ < text_.size() && base::is_blank(text_[at_])) {
        ++at_;
    }
}

bool rule_line::at_end() {
    skip();
    return at_ == text_.size() || text_[at_] == '#';
}

bool rule_line::is_empty() {
    return at_end();
}

std::string_view rule_line::peek_word() const {
    auto end = at_;
    while (end < text_.size() && !ends_word(text_[end])) {
        ++end;
    }
    return text_.substr(at_, end - at_);
}

bool rule_line::take_word(std::string_view word) {
    skip();
    if (peek_word() != word) {
        return false;
    }
    at_ += word.size();
    return true;
}

bool rule_line::expect(std::string_view word, char const* hint) {
    skip();
    auto const begin = at_;
    return take_word(word) || fail_at(begin, "`" + std::string(word) + "` must stand here", hint);
}

std::optional<std::size_t> rule_line::take_count(std::size_t most) {
    skip();
    auto const word = peek_word();
    auto const number = base::number_in<std::size_t>(word);
    if (!number || *number == 0 || *number > most) {
        return std::nullopt;
    }
    at_ += word.size();
    return number;
}

bool rule_line::read_text(std::string& to, char const* what, std::size_t longest) {
    skip();
    auto const begin = at_;
    if (at_ == text_.size() || text_[at_] != '"') {
        return fail(std::string(what) + " in double quotes must stand here");
    }
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
        if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
            ++at_;
        }
        to += text_[at_];
    }
    if (at_ == text_.size()) {
        return fail_at(begin, "the closing double quote is missing");
    }
    ++at_;
    if (to.empty() || to.size() > longest) {
        return fail_at(begin, std::string(what) + " must have 1 to " + std::to_string(longest) +
                                  " characters");
    }
    return true;
}

std::optional<rule> rule_line::read() {
    if (read_names() && read_selector() && read_options() && check_whole()) {
        return std::move(made_);
    }
    return std::nullopt;
}

bool rule_line::read_names() {
    skip();
    auto begin = at_;
    auto const command = peek_word();
    if (!command.starts_with(prefix) || command.size() > max_command ||
        !std::ranges::all_of(command, base::is_word)) {
        return fail_at(begin, "the name of a command must stand here, not " + in_quotes(command),
                       "A rule begins with it, as available_commands.sh has it: trafikito_df.");
    }
    made_.command = command;
    at_ += command.size();
    skip();
    begin = at_;
    auto const name = peek_word();
    bool const is_name = !name.empty() && name.size() <= max_name && !base::is_digit(name[0]) &&
                         std::ranges::all_of(name, base::is_word);
    if (!is_name && name != "*") {
        return fail_at(begin,
                       "the name of the value must stand here, not " +
                           in_quotes(name.empty() ? text_.substr(at_, 1) : name),
                       "It is letters, digits and underscores: disk_used; or * for all.");
    }
    made_.name = name;
    at_ += name.size();
    skip();
    if (at_ == text_.size() || text_[at_] != '=') {
        return fail("= must follow the name of the value",
                    "A rule is COMMAND NAME = WHERE: trafikito_queue queued = cell A3.");
    }
    ++at_;
    return true;
}

bool rule_line::read_options() {
    while (!at_end()) {
        if (text_[at_] != ',') {
            return fail("a comma or the end of the line must follow here",
                        "Options stand behind commas: number, unit s, chart mail.");
        }
        ++at_;
        if (!read_option()) {
            return false;
        }
    }
    return true;
}

bool rule_line::read_option() {
    skip();
    auto const begin = at_;
    auto const word = peek_word();
    if (std::ranges::find(options, word) == options.end()) {
        return fail_at(begin, "there is no option " + in_quotes(word), hint_for(word));
    }
    at_ += word.size();
    if (word == "unit") {
        return read_unit();
    }
    if (word == "counter") {
        made_.counter = true;
        return true;
    }
    if (word == "only" || word == "except") {
        return read_pattern(word == "only" ? made_.only : made_.except);
    }
    skip();
    auto const chart = peek_word();
    if (chart.empty() || chart.size() > max_chart || !std::ranges::all_of(chart, base::is_word)) {
        return fail("the name of a chart must stand here, not " + in_quotes(chart),
                    "It is letters, digits and underscores.");
    }
    made_.chart = chart;
    at_ += chart.size();
    return true;
}

bool rule_line::read_unit() {
    skip();
    auto const word = peek_word();
    if (!is_unit(word)) {
        return fail("a unit must stand here, not " + in_quotes(word),
                    "It has at most 16 characters and no blank: KiB, %, s, jobs.");
    }
    made_.kept_in = unit_of(word);
    at_ += word.size();
    return true;
}

// What does not go together.
bool rule_line::check_whole() {
    bool const is_whole = std::holds_alternative<whole_output>(made_.where);
    bool const all = made_.name == "*";
    bool const is_nothing =
        is_whole && std::get<whole_output>(made_.where).what == whole_output::kind::nothing;
    if (is_whole != all && !is_nothing) {
        return fail_at(0,
                       all ? "* is the name of what an output holds as a whole"
                           : "what an output holds as a whole brings its own names",
                       "Write COMMAND * = nagios, prometheus or nothing; all else has a name.");
    }
    bool const has_rows = std::holds_alternative<each_row>(made_.where);
    if ((made_.only || made_.except) && !has_rows) {
        return fail_at(0, "only and except choose among rows, and there is one value",
                       "They go with each row.");
    }
    if (made_.counter && std::holds_alternative<formula>(made_.where)) {
        return fail_at(0, "a formula is no counter", "What it names may be counters.");
    }
    return true;
}

} // namespace trafikito::server::values
