#include "server/api/available_list.hpp"

#include "net/api/order.hpp"

#include <algorithm>
#include <unordered_set>

namespace trafikito::server::api {

namespace {

constexpr std::size_t max_bytes = 1024UL * 1024;
constexpr std::string_view white_space = " \t\r\v\f";

std::string_view without_trailing_space(std::string_view line) {
    return line.substr(0, line.find_last_not_of(white_space) + 1);
}

// The name when the line is valid, else empty: ^trafikito_[a-zA-Z0-9_]+="[^"]+"[[:space:]]*$
std::string_view name_of(std::string_view line) {
    line = without_trailing_space(line);
    auto const open = line.find("=\"");
    if (open == std::string_view::npos || !net::api::valid_name(line.substr(0, open))) {
        return {};
    }
    auto const close = line.find('"', open + 2);
    bool const valid =
        close == line.size() - 1 && close > open + 2 && line.find('\0') == std::string_view::npos;
    return valid ? line.substr(0, open) : std::string_view();
}

template <typename Visit>
void each_valid_line(std::string_view text, Visit visit) {
    for (std::size_t count = 0; !text.empty() && count < max_available_lines;) {
        auto const end = std::min(text.find('\n'), text.size());
        auto const line = text.substr(0, end);
        if (auto const name = name_of(line); !name.empty()) {
            visit(name, line);
            ++count;
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

} // namespace

std::string valid_lines(std::string_view text) {
    std::string lines;
    each_valid_line(text, [&](std::string_view, std::string_view line) {
        if (lines.size() + line.size() < max_bytes) {
            lines += line;
            lines += '\n';
        }
    });
    return lines;
}

std::map<std::string, std::string, std::less<>> available_lines(std::string_view text) {
    std::map<std::string, std::string, std::less<>> lines;
    each_valid_line(text, [&](std::string_view name, std::string_view line) {
        auto const begin = name.size() + 2;
        lines[std::string(name)] = line.substr(begin, line.rfind('"') - begin);
    });
    return lines;
}

std::vector<std::string> available_names(std::string_view text) {
    std::vector<std::string> names;
    std::unordered_set<std::string_view> seen;
    each_valid_line(text, [&](std::string_view name, std::string_view) {
        if (seen.insert(name).second) {
            names.emplace_back(name);
        }
    });
    return names;
}

} // namespace trafikito::server::api
