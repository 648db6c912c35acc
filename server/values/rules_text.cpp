#include "server/values/rules_text.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "config/excerpt.hpp"
#include "server/values/rule_line.hpp"

#include <string>
#include <utility>

namespace trafikito::server::values {

namespace {

using config::diagnostic;

diagnostic about(std::string_view file, base::text_line const& line, std::size_t column,
                 std::string what, std::string hint) {
    diagnostic one;
    one.file = file;
    one.line = line.number;
    one.column = column;
    one.what = std::move(what);
    one.hint = std::move(hint);
    one.source = config::excerpt_of(line.text, column);
    return one;
}

} // namespace

parsed_rules parse_rules(std::string_view text, std::string_view file) {
    parsed_rules all;
    base::line_reader lines(text);
    for (auto line = lines.next(); line; line = lines.next()) {
        if (all.diagnostics.size() >= config::max_diagnostics) {
            all.diagnostics.push_back(
                about(file, *line, 0, "there is more that is wrong, from here on", {}));
            break;
        }
        if (line->text.ends_with('\r')) {
            line->text.remove_suffix(1);
        }
        rule_line one(line->text);
        if (line->text.size() > base::max_line_length) {
            all.diagnostics.push_back(about(file, *line, 0, "the line is longer than 8 KiB", {}));
        } else if (line->text.find('\0') != std::string_view::npos || !base::is_utf8(line->text)) {
            all.diagnostics.push_back(about(file, *line, 0, "the line is no text (UTF-8)", {}));
        } else if (one.is_empty()) {
            continue;
        } else if (auto made = one.read()) {
            if (all.list.size() == max_rules) {
                all.diagnostics.push_back(
                    about(file, *line, 0, "there are more than 1000 rules", {}));
                break;
            }
            made->line = line->number;
            all.list.push_back(std::move(*made));
        } else {
            all.diagnostics.push_back(about(file, *line, one.place(), one.problem(), one.hint()));
        }
    }
    return all;
}

} // namespace trafikito::server::values
