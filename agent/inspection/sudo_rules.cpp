#include "agent/inspection/sudo_rules.hpp"

#include "base/ascii.hpp"
#include "base/file.hpp"

#include <algorithm>
#include <system_error>

namespace trafikito::agent::inspection {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t largest = 256UL * 1024;

/// Lines, those joined that end in a backslash; without comments.
std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    std::string whole;
    base::line_reader reader(text);
    while (auto const line = reader.next()) {
        whole += base::trim_white_space(line->text);
        if (whole.ends_with('\\')) {
            whole.back() = ' ';
            continue;
        }
        bool const number = whole.starts_with('#') && whole.size() > 1 && base::is_digit(whole[1]);
        if (!whole.empty() && (!whole.starts_with('#') || number)) {
            lines.push_back(whole);
        }
        whole.clear();
    }
    return lines;
}

std::vector<std::string_view> words_of(std::string_view list) {
    std::vector<std::string_view> words;
    while (!list.empty()) {
        auto const word = list.substr(0, list.find(','));
        words.push_back(base::trim_white_space(word));
        list.remove_prefix(std::min(word.size() + 1, list.size()));
    }
    return words;
}

/// An alias is written in capitals; what it stands for is not looked up.
bool is_alias(std::string_view word) {
    return word.size() > 1 && word != "ALL" && word.front() >= 'A' && word.front() <= 'Z' &&
           std::ranges::all_of(word, [](char c) {
               return (c >= 'A' && c <= 'Z') || base::is_digit(c) || c == '_';
           });
}

bool names_user(std::string_view list, std::string_view user, std::span<std::string const> groups) {
    auto const matches = [&](std::string_view word) {
        return word == "ALL" || word == user || is_alias(word) ||
               (word.starts_with('%') && std::ranges::find(groups, word.substr(1)) != groups.end());
    };
    return std::ranges::any_of(words_of(list), matches);
}

bool matches_program(std::string_view spec, std::string_view program) {
    auto const word = spec.substr(0, spec.find_first_of(" \t"));
    return word == "ALL" || word == program || is_alias(word) ||
           word.find_first_of("*?[^") != std::string_view::npos ||
           (word.ends_with('/') && program.starts_with(word));
}

/// Without `(root)` and `NOPASSWD:` in front, which it tells apart.
std::string_view without_tags(std::string_view spec, bool& nopasswd) {
    if (spec.starts_with('(')) {
        spec = base::trim_white_space(spec.substr(std::min(spec.find(')'), spec.size() - 1) + 1));
    }
    for (auto colon = spec.find(':'); colon != std::string_view::npos; colon = spec.find(':')) {
        auto const tag = base::trim_white_space(spec.substr(0, colon));
        if (tag.empty() || !std::ranges::all_of(tag, [](char c) { return c >= 'A' && c <= 'Z'; })) {
            break;
        }
        nopasswd = tag == "NOPASSWD" || (nopasswd && tag != "PASSWD");
        spec = base::trim_white_space(spec.substr(colon + 1));
    }
    return spec;
}

} // namespace

sudo_rules::answer sudo_rules::ask(std::string_view user, std::span<std::string const> groups,
                                   std::string_view program) const {
    auto found = answer::refused;
    bool authenticates = true;
    bool terminal = false;
    for (std::string_view const line : lines_of(text)) {
        if (line.starts_with("Defaults")) {
            authenticates = authenticates && line.find("!authenticate") == std::string_view::npos;
            auto const at = line.find("requiretty");
            terminal = at == std::string_view::npos ? terminal : at == 0 || line[at - 1] != '!';
            continue;
        }
        auto const equals = line.find('=');
        auto const first_blank = line.find_first_of(" \t");
        bool const alias = line.find("_Alias") != std::string_view::npos;
        if (alias || equals == std::string_view::npos || first_blank == std::string_view::npos ||
            first_blank > equals) {
            continue;
        }
        auto const hosts = line.substr(0, equals).find_last_not_of(" \t");
        auto const users = line.substr(0, line.substr(0, hosts + 1).find_last_of(" \t"));
        if (!names_user(users, user, groups)) {
            continue;
        }
        bool nopasswd = false; // a tag holds for those behind it, too
        for (auto const spec : words_of(line.substr(equals + 1))) {
            if (matches_program(without_tags(spec, nopasswd), program)) {
                found = nopasswd ? answer::runs : answer::wants_password; // the last one holds
            }
        }
    }
    if (found == answer::wants_password && !authenticates) {
        found = answer::runs;
    }
    return found == answer::runs && terminal ? answer::wants_terminal : found;
}

std::optional<sudo_rules> load_sudo_rules(fs::path const& root) {
    sudo_rules rules;
    auto const main = base::read_file(root / "etc/sudoers", largest);
    if (!main.content) {
        return std::nullopt;
    }
    rules.text = *main.content + '\n';
    bool folder = false;
    base::line_reader reader(*main.content);
    while (auto const read = reader.next()) {
        auto const line = base::trim_white_space(read->text);
        if (line.starts_with("@include ") || line.starts_with("#include ")) {
            return std::nullopt;
        }
        folder = folder || line.starts_with("@includedir") || line.starts_with("#includedir");
    }
    if (!folder) {
        return rules;
    }
    std::error_code failed;
    std::vector<fs::path> files;
    fs::directory_iterator entries(root / "etc/sudoers.d", failed);
    for (; !failed && entries != fs::directory_iterator(); entries.increment(failed)) {
        auto const name = entries->path().filename().string(); // sudoers(5) on includedir
        if (name.find('.') == std::string::npos && !name.ends_with('~')) {
            files.push_back(entries->path());
        }
    }
    std::ranges::sort(files);
    for (auto const& file : files) {
        rules.text += base::read_file(file, largest).content.value_or("") + '\n';
    }
    return rules;
}

} // namespace trafikito::agent::inspection
