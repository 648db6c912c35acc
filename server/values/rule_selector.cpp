// What stands behind the = of a rule: where its value is found.
#include "server/values/rule_line.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "config/diagnostic.hpp"
#include "config/nearest.hpp"
#include "server/values/json_values.hpp"
#include "server/values/table.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace trafikito::server::values {

namespace {

using config::in_quotes;

constexpr std::size_t most_numbers = 1000; ///< beside a text
constexpr std::array selectors{
    std::string_view("cell"),   std::string_view("row"),        std::string_view("each"),
    std::string_view("before"), std::string_view("after"),      std::string_view("number"),
    std::string_view("regex"),  std::string_view("json"),       std::string_view("formula"),
    std::string_view("nagios"), std::string_view("prometheus"), std::string_view("nothing")};
constexpr char const* selectors_hint =
    "Write cell A3, row \"TEXT\" column \"HEADING\", each row column \"HEADING\" by \"HEADING\", "
    "before \"TEXT\", after \"TEXT\", number, regex \"(…)\", json /POINTER, formula, nagios, "
    "prometheus or nothing.";

std::string hint_for(std::string_view word) {
    auto const near = config::nearest(word, selectors);
    return near ? "Did you mean " + std::string(*near) + "?" : selectors_hint;
}

} // namespace

bool rule_line::read_selector() {
    skip();
    auto const begin = at_;
    auto const word = peek_word();
    using kind = whole_output::kind;
    if (std::ranges::find(selectors, word) == selectors.end()) {
        return fail_at(begin,
                       word.empty() ? std::string("where the value stands is missing here")
                                    : "there is no way to find a value called " + in_quotes(word),
                       hint_for(word));
    }
    at_ += word.size();
    if (word == "number") {
        made_.where = lone_number{};
        return true;
    }
    return word == "cell"         ? read_cell()
           : word == "row"        ? read_row()
           : word == "each"       ? read_each_row()
           : word == "before"     ? read_beside(true)
           : word == "after"      ? read_beside(false)
           : word == "regex"      ? read_pattern_selector()
           : word == "json"       ? read_pointer()
           : word == "formula"    ? read_formula()
           : word == "nagios"     ? read_whole(kind::nagios)
           : word == "prometheus" ? read_whole(kind::prometheus)
                                  : read_whole(kind::nothing);
}

// Letters are the row, as the original has it: A the first, Z the 26th, AA the 27th.
bool rule_line::read_cell() {
    skip();
    auto const begin = at_;
    auto const word = peek_word();
    cell_place place{.row = 0, .column = 0};
    std::size_t at = 0;
    for (; at < word.size() && base::is_letter(word[at]) && place.row <= max_rows; ++at) {
        place.row = place.row * 26 + static_cast<std::size_t>(base::to_lower(word[at]) - 'a') + 1;
    }
    auto const number = base::number_in<std::size_t>(word.substr(at));
    if (place.row == 0 || place.row > max_rows || !number || *number == 0 ||
        *number > max_columns) {
        return fail_at(begin, "a cell must stand here, not " + in_quotes(word),
                       "A3 is the third column of the first row, C1 the first of the third.");
    }
    place.column = *number;
    made_.where = place;
    at_ += word.size();
    return true;
}

bool rule_line::read_column(column& to, bool of_instance) {
    skip();
    auto const begin = at_;
    if (at_ < text_.size() && text_[at_] == '"') {
        to.what = column::kind::heading;
        return read_text(to.name, "a heading", max_text);
    }
    if (take_word("percentage")) {
        to.what = column::kind::percentage;
        return true;
    }
    if (of_instance && take_word("rest")) {
        to.what = column::kind::rest;
        return true;
    }
    constexpr int most = static_cast<int>(max_columns);
    auto const number = base::number_in<int>(peek_word());
    if (!number || *number == 0 || *number > most || *number < -most) {
        return fail_at(begin, "a column must stand here, not " + in_quotes(peek_word()),
                       of_instance ? "Write its heading in double quotes, its number, or rest."
                                   : "Write its heading in double quotes, its number (-1 is the "
                                     "last), or percentage.");
    }
    to.number = *number;
    at_ += peek_word().size();
    return true;
}

bool rule_line::read_row() {
    row_place place;
    skip();
    if (at_ < text_.size() && text_[at_] == '"') {
        if (!read_text(place.text, "what the row begins with", max_text)) {
            return false;
        }
    } else if (auto const number = take_count(max_rows)) {
        place.number = *number;
    } else {
        return fail("what the row begins with, in double quotes, or its number must stand here",
                    R"(Write row "Mem:" column "used", or row 2 column 3.)");
    }
    if (!expect("column", R"(Write row "Mem:" column "used".)") ||
        !read_column(place.value, false)) {
        return false;
    }
    made_.where = std::move(place);
    return true;
}

bool rule_line::read_each_row() {
    constexpr char const* form = R"(Write each row column "Use%" by "Mounted on".)";
    each_row place;
    if (!expect("row", form) || !expect("column", form) || !read_column(place.value, false) ||
        !expect("by", form) || !read_column(place.instance, true)) {
        return false;
    }
    made_.where = std::move(place);
    return true;
}

bool rule_line::read_beside(bool before) {
    beside_text place{.before = before, .text = {}};
    if (!read_text(place.text, "the text", max_text)) {
        return false;
    }
    skip();
    if (base::is_digit(at_ < text_.size() ? text_[at_] : ' ')) {
        auto const number = take_count(most_numbers);
        if (!number) {
            return fail("which number it is must be 1 to 1000");
        }
        place.number = *number;
    }
    made_.where = std::move(place);
    return true;
}

bool rule_line::read_pattern(std::shared_ptr<pattern const>& to) {
    skip();
    auto const begin = at_;
    std::string text;
    if (!read_text(text, "a regular expression", max_pattern)) {
        return false;
    }
    auto const made = std::make_shared<pattern const>(text);
    if (!made->is_right()) {
        return fail_at(begin, "the regular expression is wrong: " + in_quotes(made->problem()),
                       "It is one of RE2: without backreferences and look-around.");
    }
    to = made;
    return true;
}

bool rule_line::read_pattern_selector() {
    by_pattern place;
    if (!read_pattern(place.expression)) {
        return false;
    }
    made_.where = std::move(place);
    return true;
}

bool rule_line::read_pointer_text(std::vector<std::string>& to) {
    skip();
    auto const begin = at_;
    std::string text;
    if (at_ < text_.size() && text_[at_] == '"') {
        if (!read_text(text, "a pointer", max_text)) {
            return false;
        }
    } else {
        text = peek_word();
        at_ += text.size();
    }
    to = pointer_elements(text);
    if (!text.starts_with('/') || to.size() > max_pointer || text.size() > max_text) {
        return fail_at(begin, "a JSON pointer must stand here, not " + in_quotes(text),
                       "It begins with a slash: json /checks/0/latency.");
    }
    return true;
}

bool rule_line::read_pointer() {
    by_pointer place;
    if (!read_pointer_text(place.path)) {
        return false;
    }
    skip();
    auto const begin = at_;
    if (take_word("by")) {
        if (!read_pointer_text(place.instance)) {
            return false;
        }
        if (std::ranges::find(place.path, "*") == place.path.end()) {
            return fail_at(begin, "`by` says what tells several apart, and there is one",
                           "One element of the pointer must be *.");
        }
    }
    made_.where = std::move(place);
    return true;
}

bool rule_line::read_formula() {
    skip();
    auto const end = std::min(text_.find_first_of(",#", at_), text_.size());
    auto parsed = formula::parse(base::trim(text_.substr(at_, end - at_)));
    if (!parsed.problem.empty()) {
        return fail_at(at_ + parsed.position, parsed.problem,
                       "A formula is like 100 * used / total.");
    }
    if (parsed.value.names().empty()) {
        return fail("the formula names no value");
    }
    made_.where = std::move(parsed.value);
    at_ = end;
    return true;
}

bool rule_line::read_whole(whole_output::kind what) {
    made_.where = whole_output{what};
    return true;
}

} // namespace trafikito::server::values
