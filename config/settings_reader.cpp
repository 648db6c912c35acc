#include "config/settings_reader.hpp"

#include "base/ascii.hpp"
#include "config/command_environment.hpp"
#include "config/odd_text.hpp"
#include "config/pins.hpp"
#include "config/url.hpp"
#include "config/value.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::config {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t longest_token = 256;
constexpr std::size_t longest_path = 4095;

std::string text_problem(value_type type, std::string_view text) {
    switch (type) {
    case value_type::token:
        return token_problem(text);
    case value_type::user:
        return base::is_user_name(text)
                   ? std::string()
                   : "must be the name or number of a user, not " + in_quotes(text);
    case value_type::url:
        return parse_url(text).problem;
    case value_type::pins:
        return pins_problem(text);
    default:
        return std::ranges::any_of(text, base::is_control)
                   ? "must be printable text, not " + in_quotes(text)
                   : std::string();
    }
}

std::string place_of_odd(std::string_view text, std::size_t at) {
    return name_of_character(text, at) + " at place " + std::to_string(at + 1);
}

} // namespace

std::string token_problem(std::string_view text) {
    if (text.empty()) {
        return "is empty";
    }
    if (text.size() > longest_token) {
        return "is longer than " + std::to_string(longest_token) + " characters";
    }
    if (auto oddity = oddity_of_token(text); !oddity.empty()) {
        return oddity;
    }
    auto const bad = std::ranges::find_if_not(text, base::is_graphic);
    if (bad != text.end()) {
        auto const at = static_cast<std::size_t>(bad - text.begin());
        return "holds " + name_of_character(text, at) + " at place " + std::to_string(at + 1) +
               " of " + std::to_string(text.size()) + ", and only printable ASCII is allowed";
    }
    return {};
}

written_value const* settings_reader::usable(key_id id) const {
    auto const* const written = written_.find(id);
    return written == nullptr || written->broken ? nullptr : written;
}

void settings_reader::complain(key_id id, diagnostic::severity level, std::string what,
                               std::string hint, std::filesystem::path const& otherwise) {
    auto const* const written = written_.find(id);
    diagnostic one{level, otherwise.string(), 0, 0, std::move(what), std::move(hint)};
    if (written != nullptr) {
        one.file = written->file;
        one.line = written->line;
        one.column = written->column;
    }
    diagnostics_.push_back(std::move(one));
}

void settings_reader::refuse(key_id id, std::string const& problem) {
    auto const& key = describe(id);
    std::string hint = std::string(key.name) + " takes " + describe_values(key) + '.';
    auto const* const written = written_.find(id);
    auto const odd =
        written == nullptr ? std::string_view::npos : find_odd_character(written->value);
    bool const unsaid = odd != std::string_view::npos && problem.find("U+") == std::string::npos;
    complain(id, diagnostic::severity::error,
             std::string(key.name) + ' ' + problem +
                 (unsaid ? "; it holds " + place_of_odd(written->value, odd) : std::string()),
             std::move(hint), {});
}

void settings_reader::read(key_id id, milliseconds& to) {
    auto const& key = describe(id);
    if (auto const* const written = usable(id)) {
        auto const result =
            parse_duration(written->value, milliseconds(key.minimum), milliseconds(key.maximum));
        if (result.value) {
            to = *result.value;
        } else {
            refuse(id, result.problem);
        }
    }
}

void settings_reader::read(key_id id, std::optional<std::chrono::seconds>& to) {
    milliseconds exact(-1);
    read(id, exact);
    if (exact >= milliseconds(0)) {
        to = std::chrono::floor<std::chrono::seconds>(exact);
    }
}

void settings_reader::read(key_id id, std::uint64_t& to) {
    auto const& key = describe(id);
    auto const* const written = usable(id);
    if (written == nullptr) {
        return;
    }
    std::string problem;
    if (key.type == value_type::size) {
        auto const result = parse_size(written->value, static_cast<std::uint64_t>(key.minimum),
                                       static_cast<std::uint64_t>(key.maximum));
        to = result.value.value_or(to);
        problem = result.problem;
    } else {
        auto const result = parse_count(written->value, key.minimum, key.maximum);
        to = result.value ? static_cast<std::uint64_t>(*result.value) : to;
        problem = result.problem;
    }
    if (!problem.empty()) {
        refuse(id, problem);
    }
}

void settings_reader::read(key_id id, bool& to) {
    if (auto const* const written = usable(id)) {
        auto const result = parse_yes_no(written->value);
        if (result.value) {
            to = *result.value;
        } else {
            refuse(id, result.problem);
        }
    }
}

void settings_reader::read(key_id id, std::string& to) {
    if (auto const* const written = usable(id)) {
        auto const problem = text_problem(describe(id).type, written->value);
        if (problem.empty()) {
            to = written->value;
        } else {
            refuse(id, problem);
        }
    }
}

void settings_reader::read(key_id id, base::secret& to) {
    auto const* const written = usable(id);
    if (written == nullptr) {
        return;
    }
    if (describe(id).type != value_type::proxy) {
        std::string text;
        read(id, text);
        to = base::secret(std::move(text));
        return;
    }
    auto result = parse_proxy(written->value);
    if (result.value) {
        to = base::secret(std::move(*result.value));
    } else if (written->from == layer::inherited) {
        // It was meant for others, too: no reason not to start.
        complain(id, diagnostic::severity::warning,
                 "the agent cannot use this proxy and connects without one",
                 "Set proxy in trafikito.cfg to http://host:port, or to none.", {});
    } else {
        refuse(id, result.problem);
    }
}

void settings_reader::read(key_id id, std::vector<std::string>& to) {
    if (auto const* const written = usable(id)) {
        auto result = describe(id).type == value_type::environment
                          ? parse_command_environment(written->value)
                          : parse_url_list(written->value);
        if (result.value) {
            to = std::move(*result.value);
        } else {
            refuse(id, result.problem);
        }
    }
}

std::optional<std::size_t> settings_reader::read_choice(key_id id) {
    auto const* const written = usable(id);
    if (written == nullptr) {
        return std::nullopt;
    }
    auto const& key = describe(id);
    auto rest = key.choices;
    for (std::size_t position = 0; !rest.empty(); ++position) {
        auto const end = std::min(rest.find(' '), rest.size());
        if (base::equals_ignoring_case(rest.substr(0, end), written->value)) {
            return position;
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    refuse(id, "must be " + describe_values(key) + ", not " + in_quotes(written->value));
    return std::nullopt;
}

// The choices of the table stand in the order of the enumerators.

void settings_reader::read(key_id id, api_version& to) {
    if (auto const position = read_choice(id)) {
        to = *position == 0 ? api_version::v1 : api_version::v2;
    }
}

void settings_reader::read(key_id id, log_level& to) {
    if (auto const position = read_choice(id)) {
        to = static_cast<log_level>(*position);
    }
}

void settings_reader::read(key_id id, log_format& to) {
    if (auto const position = read_choice(id)) {
        to = static_cast<log_format>(*position);
    }
}

void settings_reader::read_path(key_id id, std::filesystem::path const& base,
                                std::filesystem::path& to) {
    auto const* const written = usable(id);
    if (written == nullptr) {
        return;
    }
    if (written->value.size() > longest_path ||
        std::ranges::any_of(written->value, base::is_control)) {
        refuse(id, "must be a path, not " + in_quotes(written->value));
        return;
    }
    if (auto const odd = find_odd_character(written->value); odd != std::string_view::npos) {
        complain(id, diagnostic::severity::warning,
                 std::string(describe(id).name) + " holds " + place_of_odd(written->value, odd) +
                     ", which hardly any path does",
                 "Write it anew with plain blanks and quotes, if it is not meant.", {});
    }
    to = (base / written->value).lexically_normal();
}

} // namespace trafikito::config
