#include "agent/cli/service_unit.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace trafikito::agent::cli {

namespace {

/// Of how a service is started, watched, restarted, ended and logged: names that begin so.
constexpr std::array not_of_its_commands =
    std::to_array<std::string_view>({"Type",
                                     "Exec",
                                     "Restart",
                                     "Timeout",
                                     "Watchdog",
                                     "Notify",
                                     "PIDFile",
                                     "BusName",
                                     "GuessMainPID",
                                     "RemainAfterExit",
                                     "Runtime",
                                     "Sockets",
                                     "NonBlocking",
                                     "FileDescriptor",
                                     "USBFunction",
                                     "Standard",
                                     "TTY",
                                     "Syslog",
                                     "Log",
                                     "Kill",
                                     "FinalKill",
                                     "SendSIG",
                                     "StartLimit",
                                     "SuccessExit",
                                     "RootDirectoryStartOnly",
                                     "OOMPolicy",
                                     "PassEnviro",
                                     "Permissions",
                                     "SetCredential",
                                     "ReloadSignal",
                                     "ExitType",
                                     "OpenFile",
                                     "SurviveFinal"});

/// These begin like them, and are of what it may do.
constexpr std::array of_its_commands = std::to_array<std::string_view>(
    {"ExecPaths", "ExecSearchPath", "LogsDirectory", "LogsDirectoryMode", "RuntimeDirectory",
     "RuntimeDirectoryMode"});

constexpr bool is_of_its_commands(std::string_view name) {
    return std::ranges::find(of_its_commands, name) != of_its_commands.end() ||
           std::ranges::none_of(not_of_its_commands,
                                [&](auto begin) { return name.starts_with(begin); });
}

/// `trafikito-agent@web.service` has the prefix `trafikito-agent` and the instance `web`.
struct unit_name {
    std::string_view whole;
    std::string_view without_type;
    std::string_view prefix;
    std::string_view instance;
};

unit_name parts_of(std::string_view unit) {
    unit_name parts{unit, unit.substr(0, unit.rfind('.')), {}, {}};
    auto const at = parts.without_type.find('@');
    parts.prefix = parts.without_type.substr(0, at);
    if (at != std::string_view::npos) {
        parts.instance = parts.without_type.substr(at + 1);
    }
    return parts;
}

/// `%I`, `%P`: `-` stands for `/`, and `\xNN` for any other byte.
std::string unescaped(std::string_view name) {
    std::string text;
    for (std::size_t at = 0; at < name.size(); ++at) {
        constexpr std::string_view digits = "0123456789abcdef";
        auto const digit = [&](std::size_t place) {
            return place < name.size() ? digits.find(base::to_lower(name[place]))
                                       : std::string_view::npos;
        };
        if (name.substr(at).starts_with("\\x") && digit(at + 2) != std::string_view::npos &&
            digit(at + 3) != std::string_view::npos) {
            text += static_cast<char>(digit(at + 2) * 16 + digit(at + 3));
            at += 3;
        } else {
            text += name[at] == '-' ? '/' : name[at];
        }
    }
    return text;
}

/// What stands for the letter behind a `%`; nothing where it does not follow from the name.
std::optional<std::string> specified(char letter, unit_name const& unit) {
    switch (letter) {
    case '%':
        return "%";
    case 'n':
        return std::string(unit.whole);
    case 'N':
        return std::string(unit.without_type);
    case 'p':
        return std::string(unit.prefix);
    case 'P':
        return unescaped(unit.prefix);
    case 'i':
        return std::string(unit.instance);
    case 'I':
        return unescaped(unit.instance);
    case 't': // of the system's manager: systemd.unit(5), "Specifiers"
        return "/run";
    case 'S':
        return "/var/lib";
    case 'C':
        return "/var/cache";
    case 'L':
        return "/var/log";
    case 'E':
        return "/etc";
    default:
        return std::nullopt;
    }
}

std::string with_specifiers(std::string_view value, unit_name const& unit) {
    std::string text;
    for (std::size_t at = 0; at < value.size(); ++at) {
        auto const other = value[at] == '%' && at + 1 < value.size()
                               ? specified(value[at + 1], unit)
                               : std::nullopt;
        if (other) {
            text += *other;
            ++at;
        } else {
            text += value[at];
        }
    }
    return text;
}

/// One word, from its first character on; what a backslash says of letters (`\n`, `\x20`) is left
/// to who needs it.
std::string take_word(std::string_view& rest) {
    std::string word;
    char quote = '\0';
    std::size_t at = 0;
    for (; at < rest.size(); ++at) {
        char const c = rest[at];
        if (quote == '\0' && base::is_space(c)) {
            break;
        }
        if (c == quote) {
            quote = '\0';
        } else if (quote == '\0' && (c == '"' || c == '\'')) {
            quote = c;
        } else {
            at += c == '\\' && at + 1 < rest.size() ? 1 : 0;
            word += rest[at];
        }
    }
    rest.remove_prefix(at);
    return word;
}

/// A set of capabilities as it grows from line to line (systemd.exec(5), CapabilityBoundingSet=):
/// over the bus, where each line would replace the one before, it must be said at once.
class capability_set {
public:
    explicit capability_set(std::string_view name)
        : name_(name), all_at_first_(name == "CapabilityBoundingSet"), all_but_(all_at_first_) {}

    void add(std::string_view value) {
        bool const minus = value.starts_with('~');
        auto words = unit_words(value.substr(minus ? 1 : 0));
        bool const as_at_first = names_.empty() && all_but_ == all_at_first_;
        if (words.empty() || as_at_first) {
            names_ = {words.begin(), words.end()};
            all_but_ = minus;
        } else {
            for (auto& word : words) {
                minus == all_but_ ? (void)names_.insert(std::move(word)) : (void)names_.erase(word);
            }
        }
        said_ = true;
    }
    [[nodiscard]] bool said() const { return said_; }
    [[nodiscard]] std::string_view name() const { return name_; }
    [[nodiscard]] std::string setting() const {
        auto text = name_ + (all_but_ ? "=~" : "=");
        for (bool first = true; auto const& name : names_) {
            text += (std::exchange(first, false) ? "" : " ") + name;
        }
        return text;
    }

private:
    std::string name_;
    std::set<std::string> names_;
    bool all_at_first_;
    bool all_but_; ///< these names
    bool said_ = false;
};

bool is_agent(std::string_view program) {
    return program.substr(program.rfind('/') + 1) == "trafikito-agent";
}

/// An empty value takes back what was said before.
void add_environment(std::string_view value, std::string& lines) {
    if (value.empty()) {
        lines.clear();
    }
    for (auto const& word : unit_words(value)) {
        auto const equals = word.find('=');
        if (equals != std::string::npos && equals != 0) {
            lines += environment_line(word.substr(0, equals), word.substr(equals + 1));
        }
    }
}

} // namespace

std::vector<unit_setting> service_settings(std::string_view text, std::string_view unit) {
    auto const name = parts_of(unit);
    std::vector<unit_setting> settings;
    bool in_service = false;
    std::string begun; // of a line that goes on
    auto const end_line = [&](std::string_view line) {
        line = base::trim_white_space(line);
        if (line.starts_with('[')) {
            in_service = line == "[Service]";
            return;
        }
        auto const equals = line.find('=');
        if (in_service && equals != std::string_view::npos) {
            settings.push_back(
                {.name = std::string(base::trim_white_space(line.substr(0, equals))),
                 .value = with_specifiers(base::trim_white_space(line.substr(equals + 1)), name)});
        }
    };
    base::line_reader lines(text);
    while (auto const line = lines.next()) {
        auto const begin = base::trim_white_space(line->text);
        if (begin.starts_with('#') || begin.starts_with(';')) {
            continue;
        }
        begun += line->text;
        if (begun.ends_with('\\')) {
            begun.back() = ' ';
            continue;
        }
        end_line(begun);
        begun.clear();
    }
    end_line(begun);
    return settings;
}

std::vector<std::string> unit_words(std::string_view value) {
    std::vector<std::string> words;
    while (!(value = base::trim_white_space(value)).empty()) {
        words.push_back(take_word(value));
    }
    return words;
}

std::optional<std::filesystem::path> config_of(std::vector<unit_setting> const& settings) {
    std::string command;
    for (auto const& one : settings) {
        if (one.name == "ExecStart") {
            command = one.value;
        }
    }
    // What may stand before the program's path: systemd.service(5), "Command lines".
    command.erase(0, std::min(command.find_first_not_of("@-:+!"), command.size()));
    auto const words = unit_words(command);
    if (words.empty() || !is_agent(words.front())) {
        return std::nullopt;
    }
    std::filesystem::path config;
    for (std::size_t at = 1; at < words.size(); ++at) {
        std::string_view const word = words[at];
        if ((word == "--config" || word == "-c") && at + 1 < words.size()) {
            config = words[++at];
        } else if (word.starts_with("--config=")) {
            config = word.substr(word.find('=') + 1);
        } else if (word != "run") {
            return std::nullopt; // another subcommand, or --once
        }
    }
    return config;
}

transient_service as_transient(std::vector<unit_setting> const& settings) {
    transient_service service;
    auto& properties = service.properties;
    std::array sets{capability_set("CapabilityBoundingSet"), capability_set("AmbientCapabilities")};
    for (auto const& one : settings) {
        auto* const set = std::ranges::find(sets, one.name, &capability_set::name);
        auto const setting = one.name + "=";
        if (set != sets.end()) {
            set->add(one.value);
        } else if (one.name == "Environment") {
            add_environment(one.value, service.environment);
        } else if (is_of_its_commands(one.name) && one.value.empty()) {
            // Takes back what was said before, which not all properties do over the bus.
            std::erase_if(properties,
                          [&](auto const& other) { return other.starts_with(setting); });
        } else if (is_of_its_commands(one.name)) {
            properties.push_back(setting + one.value);
        }
    }
    for (auto const& set : sets) {
        if (set.said()) {
            properties.push_back(set.setting());
        }
    }
    bool const has_runtime_directory = std::ranges::any_of(
        properties, [](auto const& one) { return one.starts_with("RuntimeDirectory="); });
    if (has_runtime_directory) {
        properties.emplace_back("RuntimeDirectoryPreserve=yes");
    }
    return service;
}

std::string environment_line(std::string_view name, std::string_view value) {
    std::string line(name);
    line += "=\"";
    for (char const c : value) {
        if (c == '"' || c == '\\' || c == '$' || c == '`') {
            line += '\\';
        }
        line += c;
    }
    return line + "\"\n";
}

} // namespace trafikito::agent::cli
