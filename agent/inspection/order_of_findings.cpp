#include "agent/inspection/order_of_findings.hpp"

#include "base/ascii.hpp"
#include "base/shell_quoting.hpp"
#include "base/stable_sort.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace trafikito::agent::inspection {

using config::diagnostic;

void add_mends_of_names(std::vector<diagnostic>& found) {
    constexpr std::string_view question = "Did you mean ";
    for (auto& one : found) {
        bool const about_name =
            one.what.starts_with("unknown key \"") || one.what.starts_with("unknown option \"");
        if (one.line == 0 || !about_name || !one.hint.starts_with(question) ||
            !one.hint.ends_with('?')) {
            continue;
        }
        auto const begin = one.what.find('"') + 1;
        auto const name = one.what.substr(begin, one.what.find('"', begin) - begin);
        auto const meant = one.hint.substr(question.size(), one.hint.size() - question.size() - 1);
        if (std::ranges::all_of(name, base::is_word)) {
            auto mend = " Type: sed -i '" + std::to_string(one.line) + "s/" + name;
            mend.append("/").append(meant).append("/I' ").append(base::shell_quoted(one.file));
            one.hint += mend;
        }
    }
}

void explain_missing_keys(std::vector<diagnostic>& found) {
    constexpr std::string_view missing = " is missing";
    for (auto& one : found) {
        auto const end = one.what.find(missing);
        if (one.line != 0 || end == std::string::npos) {
            continue;
        }
        auto const meant = "Did you mean " + one.what.substr(0, end) + "?";
        auto const near = std::ranges::find_if(
            found, [&](diagnostic const& other) { return other.hint.starts_with(meant); });
        if (near != found.end() && near->line != 0) {
            one.line = near->line;
            one.column = near->column;
            one.source = std::move(near->source);
            one.hint = near->hint;
            near->what.clear(); // it is said now
        }
    }
    std::erase_if(found, [](diagnostic const& one) { return one.what.empty(); });
}

void put_in_order(std::vector<diagnostic>& found, std::vector<std::string> files) {
    for (auto const& one : found) {
        if (std::ranges::find(files, one.file) == files.end()) {
            files.push_back(one.file);
        }
    }
    base::stable_sort(found, [&](diagnostic const& one) {
        return std::tuple(one.level == diagnostic::severity::warning,
                          std::ranges::find(files, one.file), one.line, one.column);
    });
    std::set<std::tuple<std::string, std::size_t, std::size_t, std::string>> seen;
    std::erase_if(found, [&](diagnostic const& one) {
        return !seen.emplace(one.file, one.line, one.column, one.what).second;
    });
}

} // namespace trafikito::agent::inspection
