#include "server/cli/unit_options.hpp"

#include "base/ascii.hpp"
#include "base/file.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::server::cli {

namespace {

constexpr std::size_t max_command_line = 256UL * 1024;
constexpr std::string_view name = "TRAFIKITO_SERVER_OPTIONS";

std::vector<std::string> copies_of(std::vector<std::string_view> const& words) {
    return {words.begin(), words.end()};
}

std::string_view without_quotes(std::string_view value) {
    bool const quoted = value.size() > 1 && (value.front() == '"' || value.front() == '\'') &&
                        value.back() == value.front();
    return quoted ? value.substr(1, value.size() - 2) : value;
}

} // namespace

std::optional<found_options> options_of_process(int process) {
    auto const file = "/proc/" + std::to_string(process) + "/cmdline";
    auto const text = base::read_file(file, max_command_line);
    auto const line = text.content.value_or("");
    auto words = copies_of(base::words_in(line, std::string_view("\0", 1)));
    bool const serves =
        words.size() > 1 && words[0].ends_with("trafikito-server") && words[1] == "serve";
    if (!serves) {
        return std::nullopt;
    }
    words.erase(words.begin(), words.begin() + 2);
    return found_options{std::move(words), "process " + std::to_string(process), 0};
}

namespace {

struct found_value {
    std::string_view text;
    std::size_t line = 0;
};

std::optional<found_value> last_value(std::string_view text, std::string_view variable) {
    std::optional<found_value> found;
    std::size_t number = 0;
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        auto const line = base::trim_white_space(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        if (line.starts_with(variable) && line.substr(variable.size()).starts_with('=')) {
            auto const value = base::trim_white_space(line.substr(variable.size() + 1));
            found = found_value{without_quotes(value), number};
        }
    }
    return found;
}

} // namespace

std::optional<found_options> options_in(std::string_view text, std::string const& file) {
    auto const found = last_value(text, name);
    return found ? std::optional(
                       found_options{copies_of(base::words_in(found->text)), file, found->line})
                 : std::nullopt;
}

std::optional<std::string> variable_in(std::string_view text, std::string_view variable) {
    auto const found = last_value(text, variable);
    return found ? std::optional<std::string>(found->text) : std::nullopt;
}

std::optional<std::string> variable_of_process(int process, std::string_view variable) {
    auto const file = "/proc/" + std::to_string(process) + "/environ";
    auto const text = base::read_file(file, max_command_line);
    auto const all = text.content.value_or("");
    for (auto const& each : base::words_in(all, std::string_view("\0", 1))) {
        if (each.starts_with(variable) && each.substr(variable.size()).starts_with('=')) {
            return std::string(each.substr(variable.size() + 1));
        }
    }
    return std::nullopt;
}

} // namespace trafikito::server::cli
