#include "agent/cli/caller.hpp"

#include "agent/cli/closed_file.hpp"
#include "agent/inspection/gained_rights.hpp"
#include "base/ascii.hpp"
#include "base/asked_program.hpp"
#include "base/printable.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace trafikito::agent::cli {

using inspection::programs_in;

namespace json = boost::json;

namespace {

constexpr std::size_t most_reasons = 3;
constexpr std::size_t most_names = 1000; ///< of each kind, in all commands together
constexpr int not_executable = 126;
constexpr int not_found = 127;

std::string_view variable(std::vector<std::string> const& environment, std::string_view name) {
    for (std::string_view const one : environment) {
        if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=') {
            return one.substr(name.size() + 1);
        }
    }
    return {};
}

bool is_set(std::vector<std::string> const& environment, std::string_view name) {
    return std::ranges::any_of(
        environment, [&](std::string_view one) { return one.substr(0, one.find('=')) == name; });
}

/// Every shell has them.
bool is_of_shell(std::string_view name) {
    return name == "PWD" || name == "OLDPWD" || name == "IFS" || name == "PPID";
}

/// `$NAME` and `${NAME}`, also `\$NAME`, which the second reading sees; not what the text sets.
std::vector<std::string> variables_in(std::string_view text) {
    std::vector<std::string> names;
    for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
        auto rest = text.substr(at + 1);
        rest.remove_prefix(rest.starts_with('{') ? 1 : 0);
        auto const end = std::ranges::find_if_not(rest, base::is_word);
        std::string name(rest.begin(), end);
        auto const set_by = [&](std::string const& words) {
            return text.find(words) != std::string_view::npos;
        };
        if (!name.empty() && !base::is_digit(name.front()) && !is_of_shell(name) &&
            !set_by(name + "=") && !set_by("for " + name) && !set_by("read " + name) &&
            std::ranges::find(names, name) == names.end()) {
            names.push_back(std::move(name));
        }
    }
    return names;
}

/// The words that name a file, as a shell would see most of them.
std::vector<std::string> files_in(std::string_view text) {
    constexpr std::string_view ends = " \t\"'`;|&()<>=,\\";
    std::vector<std::string> files;
    while (!text.empty()) {
        auto const word = text.substr(0, text.find_first_of(ends));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        bool const plain = word.find_first_of("$*?[{") == std::string_view::npos;
        if (plain && word.size() > 1 && (word.front() == '/' || word.starts_with("~/"))) {
            files.emplace_back(word);
        }
        for (std::string_view const home : {"$HOME/", "${HOME}/"}) {
            if (word.starts_with(home)) {
                files.push_back("~/" + std::string(word.substr(home.size())));
            }
        }
    }
    return files;
}

bool is_there(std::string const& file) {
    return ::access(file.c_str(), F_OK) == 0;
}

std::string at_home(std::string_view home, std::string const& file) {
    return std::string(home) + file.substr(1);
}

bool speaks_of(std::string_view output, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(
        words, [&](auto word) { return output.find(word) != std::string_view::npos; });
}

std::string shown(std::string_view text) {
    return base::for_line(text, 200);
}

class explanation {
public:
    explanation(failed_command const& what, caller const& who,
                exec::execution_environment const& around)
        : what_(what), who_(who), around_(around) {}

    std::vector<std::string> sentences() && {
        look_for_programs();
        look_for_variables();
        look_for_home();
        look_for_closed_files();
        look_for_terminal();
        reasons_.resize(std::min(reasons_.size(), most_reasons));
        return std::move(reasons_);
    }

private:
    void look_for_programs() {
        if (what_.code != not_found && what_.code != not_executable &&
            !speaks_of(what_.output, {"not found"})) {
            return;
        }
        auto const path = variable(around_.environment, "PATH");
        for (auto const& name : programs_in(what_.text)) {
            auto const his = who_.programs.find(name);
            if (his == who_.programs.end() || !base::find_in_path(name, path).empty()) {
                continue;
            }
            auto const& file = his->second;
            auto text = "you have " + name + " in your PATH, as " + shown(file);
            if (!what_.explained) { // it has been said which is that of commands
                text.append(", and that of commands is ").append(path);
            }
            text.append(": ");
            auto const closed = what_.other_user ? "" : why_closed(file, X_OK);
            if (closed.empty()) {
                text.append("write ").append(shown(file)).append(" in the list");
            } else {
                text.append("copy it to /usr/local/bin and write /usr/local/bin/").append(name);
                text.append(" in the list, for ").append(closed);
            }
            add(std::move(text));
        }
    }

    void look_for_variables() {
        for (auto const& name : variables_in(what_.text)) {
            if (std::ranges::find(who_.variables, name) != who_.variables.end() &&
                !is_set(around_.environment, name)) {
                auto text = "you have a variable " + name;
                text.append(", and commands have none of that name: set it by command_env = ");
                text.append(name).append("=VALUE, or write its value in the list");
                add(std::move(text));
            }
        }
    }

    void look_for_home() {
        auto const home = variable(around_.environment, "HOME");
        for (auto const& file : files_in(what_.text)) {
            auto const his = who_.home_files.find(file);
            if (his != who_.home_files.end() && !is_there(at_home(home, file))) {
                add(shown(file) + " is " + shown(his->second) +
                    " for you, and for commands, whose HOME is " + shown(home) + ", " +
                    shown(at_home(home, file)) + ", which is not there: write a whole path");
            }
        }
    }

    void look_for_closed_files() {
        if (what_.other_user ||
            (what_.code != not_executable && !speaks_of(what_.output, {"ermission denied"}))) {
            return;
        }
        auto const programs = programs_in(what_.text);
        for (auto const& file : files_in(what_.text)) {
            bool const runs = std::ranges::find(programs, file) != programs.end();
            auto const why =
                runs && what_.explained ? std::string() : why_closed(file, runs ? X_OK : R_OK);
            if (!why.empty()) {
                add(why);
            }
        }
    }

    void look_for_terminal() {
        if (speaks_of(what_.output, {"sudo: a terminal is required", "sudo: a password is required",
                                     "sudo: no tty present", "sudo: sorry, you must have a tty"})) {
            add("sudo asks you for a password, and nobody answers for a command: let it run "
                "without "
                "one (NOPASSWD: in a file of /etc/sudoers.d, by visudo -f), and write sudo -n");
        } else if (speaks_of(what_.output, {"no new privileges"})) {
            add("programs gain no rights where the agent runs (NoNewPrivileges= of its unit); "
                "allow "
                "it by the drop-in more-rights.conf of the unit (trafikito-agent(8), UNDER "
                "SYSTEMD), or do without it");
        } else if (speaks_of(what_.output, {"TERM environment variable", "unknown terminal",
                                            "failed tty get", "not a tty", "not a terminal"})) {
            add("you have a terminal, and commands have none: what draws a screen must be told not "
                "to (top -b)");
        }
    }

    void add(std::string reason) {
        if (std::ranges::find(reasons_, reason) == reasons_.end()) {
            reasons_.push_back(std::move(reason));
        }
    }

    failed_command const& what_;
    caller const& who_;
    exec::execution_environment const& around_;
    std::vector<std::string> reasons_;
};

std::map<std::string, std::string> names_of(json::object const& from, std::string_view key) {
    std::map<std::string, std::string> names;
    auto const* const all = from.if_contains(key);
    auto const* const object = all != nullptr ? all->if_object() : nullptr;
    if (object != nullptr && object->size() <= most_names) {
        for (auto const& one : *object) {
            if (auto const* const value = one.value().if_string()) {
                names.emplace(one.key(), *value);
            }
        }
    }
    return names;
}

json::object object_of(std::map<std::string, std::string> const& names) {
    json::object object;
    for (auto const& [name, file] : names) {
        object[name] = file;
    }
    return object;
}

} // namespace

caller look_at_caller(std::vector<std::string> const& environment,
                      std::vector<std::string> const& texts) {
    caller who;
    auto const path = variable(environment, "PATH");
    auto const home = variable(environment, "HOME");
    for (auto const& text : texts) {
        for (auto const& name : programs_in(text)) {
            auto const found =
                name.find('/') == std::string::npos ? base::find_in_path(name, path) : "";
            if (!found.empty() && who.programs.size() < most_names) {
                who.programs.emplace(name, found);
            }
        }
        for (auto& name : variables_in(text)) {
            if (is_set(environment, name) && who.variables.size() < most_names &&
                std::ranges::find(who.variables, name) == who.variables.end()) {
                who.variables.push_back(std::move(name));
            }
        }
        for (auto const& file : files_in(text)) {
            if (file.front() == '~' && !home.empty() && who.home_files.size() < most_names &&
                is_there(at_home(home, file))) {
                who.home_files.emplace(file, at_home(home, file));
            }
        }
    }
    return who;
}

std::string to_text(caller const& who) {
    json::object const object{
        {"programs", object_of(who.programs)},
        {"variables", json::array(who.variables.begin(), who.variables.end())},
        {"homeFiles", object_of(who.home_files)}};
    return base::for_json(json::serialize(object));
}

caller caller_from(std::string_view text) {
    boost::system::error_code broken;
    auto const document = json::parse({text.data(), text.size()}, broken);
    auto const* const object = broken ? nullptr : document.if_object();
    caller who;
    if (object == nullptr) {
        return who;
    }
    who.programs = names_of(*object, "programs");
    who.home_files = names_of(*object, "homeFiles");
    auto const* const variables = object->if_contains("variables");
    auto const* const names = variables != nullptr ? variables->if_array() : nullptr;
    if (names != nullptr && names->size() <= most_names) {
        for (auto const& name : *names) {
            if (name.is_string()) {
                who.variables.emplace_back(name.as_string());
            }
        }
    }
    return who;
}

std::vector<std::string> why_it_fails_here(failed_command const& what, caller const& who,
                                           exec::execution_environment const& around) {
    return explanation(what, who, around).sentences();
}

} // namespace trafikito::agent::cli
