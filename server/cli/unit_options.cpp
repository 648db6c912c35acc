#include "server/cli/unit_options.hpp"

#include "base/ascii.hpp"
#include "base/file.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::server::cli {

namespace {

constexpr std::size_t max_command_line = 256UL * 1024;
constexpr std::string_view name = "TRAFIKITO_SERVER_OPTIONS=";

std::vector<std::string> split_at(std::string_view text, std::string_view separators) {
    std::vector<std::string> words;
    while (true) {
        auto const begin = text.find_first_not_of(separators);
        if (begin == std::string_view::npos) {
            return words;
        }
        text.remove_prefix(begin);
        auto const end = std::min(text.find_first_of(separators), text.size());
        words.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
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
    auto words = split_at(text.content.value_or(""), std::string_view("\0", 1));
    bool const serves =
        words.size() > 1 && words[0].ends_with("trafikito-server") && words[1] == "serve";
    if (!serves) {
        return std::nullopt;
    }
    words.erase(words.begin(), words.begin() + 2);
    return found_options{std::move(words), "process " + std::to_string(process), 0};
}

std::optional<found_options> options_in(std::string_view text, std::string const& file) {
    std::optional<found_options> found;
    std::size_t number = 0;
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        auto const line = base::trim_white_space(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        if (line.starts_with(name)) {
            auto const value = without_quotes(base::trim_white_space(line.substr(name.size())));
            found = found_options{split_at(value, " \t"), file, number};
        }
    }
    return found;
}

} // namespace trafikito::server::cli
