#include "agent/inspection/order_of_findings.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace trafikito::agent::inspection {

using config::diagnostic;

void explain_missing_keys(std::vector<diagnostic>& found) {
    constexpr std::string_view missing = " is missing";
    for (auto& one : found) {
        auto const end = one.what.find(missing);
        if (one.line != 0 || end == std::string::npos) {
            continue;
        }
        auto const meant = "Did you mean " + one.what.substr(0, end) + "?";
        auto const near = std::ranges::find(found, meant, &diagnostic::hint);
        if (near != found.end() && near->line != 0) {
            one.line = near->line;
            one.column = near->column;
            one.source = std::move(near->source);
            one.hint = meant;
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
    std::ranges::stable_sort(found, {}, [&](diagnostic const& one) {
        return std::tuple(one.level == diagnostic::severity::warning,
                          std::ranges::find(files, one.file), one.line, one.column);
    });
    std::set<std::tuple<std::string, std::size_t, std::size_t, std::string>> seen;
    std::erase_if(found, [&](diagnostic const& one) {
        return !seen.emplace(one.file, one.line, one.column, one.what).second;
    });
}

} // namespace trafikito::agent::inspection
