#include "agent/inspection/commands.hpp"

#include "agent/daemon/eyes.hpp"
#include "agent/inspection/gained_rights.hpp"
#include "agent/inspection/operands.hpp"
#include "agent/inspection/programs.hpp"
#include "agent/inspection/shell_syntax.hpp"
#include "agent/inspection/sudo_rules.hpp"
#include "agent/inspection/users.hpp"
#include "base/ascii.hpp"
#include "base/file.hpp"
#include "base/shell_quoting.hpp"
#include "base/stable_sort.hpp"
#include "config/excerpt.hpp"
#include "config/load.hpp"
#include "config/program_run.hpp"
#include "exec/command.hpp"
#include "exec/user.hpp"

#include <grp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

namespace trafikito::agent::inspection {

namespace fs = std::filesystem;
using config::command_fault;
using config::diagnostic;

namespace {

constexpr std::size_t most_asked = 500;      ///< commands that a shell is asked about
constexpr std::size_t most_inspected = 1000; ///< a longer list is not read to its end

constexpr std::array<std::string_view, 4> become_another{"su", "pkexec", "runuser", "doas"};

/// `NAME=value` of the environment that a command has.
std::string value_of(std::vector<std::string> const& environment, std::string_view name) {
    for (std::string_view const one : environment) {
        if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=') {
            return std::string(one.substr(name.size() + 1));
        }
    }
    return {};
}

bool sh_is_bash() {
    std::error_code failed;
    auto const shell = fs::canonical("/bin/sh", failed).filename();
    return shell != "dash" && shell != "posh"; // busybox and ksh know most of it, too
}

std::vector<std::string> groups_of(exec::user const& user) {
    std::vector<std::string> names;
    for (auto const id : user.groups) {
        if (auto const* const group = ::getgrgid(id)) {
            names.emplace_back(group->gr_name);
        }
    }
    return names;
}

class inspector {
public:
    inspector(config::settings const& settings, config::command_list const& list,
              onlooker const& who)
        : settings_(settings), list_(list), who_(who), bash_(sh_is_bash()) {
        auto around = exec::clean_environment(settings.base_dir, {}, {});
        for (auto const& variable : settings.command_env) {
            exec::add_variable(around, variable);
        }
        auto const path = value_of(around.environment, "PATH");
        auto const folders = base::words_in(path, ":");
        path_.assign(folders.begin(), folders.end());
        // Others may be secrets of command_env, and are nobody's business.
        variables_ = {"BASEDIR=" + settings.base_dir.string()};
        std::error_code failed;
        directory_ =
            fs::is_directory(settings.base_dir, failed) ? settings.base_dir : fs::path("/");
    }

    std::vector<diagnostic> look() && {
        std::size_t seen = 0;
        for (auto const& one : list_.commands) {
            if (++seen > most_inspected || found_.size() >= config::max_diagnostics) {
                add_end(one);
                break;
            }
            look_at(one);
        }
        return std::move(found_);
    }

private:
    void look_at(config::command const& one) {
        auto user = who_;
        if (one.options.user && !find_user_of(one, user)) {
            return;
        }
        look_at_priority(one);
        auto const read = config::read_twice(one.text, variables_);
        auto faults = config::find_command_faults(
            read, {.variables = variables_, .sh_is_bash = bash_, .daemon = one.options.daemon});
        auto const syntax = ask_shell(one, read, faults);
        add(one, syntax, level::error);
        if (syntax.empty()) {
            look_for_programs(one, user, read, faults);
            look_at_rights(user, read, faults);
        }
        add(one, faults, level::warning);
    }

    // --- what a shell says ----------------------------------------------------------------------

    /// The fault of the text that a shell cannot read, if there is one; what only might be one is
    /// taken from `faults`.
    std::vector<command_fault> ask_shell(config::command const& one,
                                         config::read_command const& read,
                                         std::vector<command_fault>& faults) {
        auto const suspected = std::ranges::find_if(faults, &command_fault::may_be_syntax);
        std::vector<command_fault> certain;
        if ((suspected != faults.end() || !is_plain(one.text)) && asked_++ < most_asked) {
            auto words = find_syntax_error(one.line);
            if (!words && read.first.whole) {
                words = find_syntax_error(read.first.text);
            }
            if (words && suspected != faults.end()) {
                certain.push_back(*suspected);
            } else if (words) {
                certain.push_back(
                    {0, "the shell cannot read this command, and runs nothing of it: " + *words,
                     "Each quote and parenthesis needs its other one, each if its fi, each do "
                     "its done."});
            }
        }
        std::erase_if(faults, &command_fault::may_be_syntax);
        return certain;
    }

    // --- who runs it, and what ------------------------------------------------------------------

    bool find_user_of(config::command const& one, onlooker& user) {
        auto const named = exec::find_user(*one.options.user);
        if (!named) {
            add_about_option(one, "user=" + *one.options.user,
                             "there is no user " + *one.options.user +
                                 " on this machine; the command is not run",
                             hint_for_user(*one.options.user));
            return false;
        }
        if (who_.uid != 0 && named->uid != who_.uid) {
            add_about_option(one, "user=" + *one.options.user,
                             "the agent runs as " + who_.name +
                                 ", and only root can run this "
                                 "as " +
                                 named->name + "; the command is not run",
                             "Take user= out, or take run_as out of trafikito.cfg.");
            return false;
        }
        user = onlooker_of(*named);
        return true;
    }

    void look_at_priority(config::command const& one) {
        if (one.options.nice && *one.options.nice < 0 && who_.uid != 0) {
            add_about_option(one, "nice=" + std::to_string(*one.options.nice),
                             "nice below 0 needs root, and the agent runs as " + who_.name +
                                 "; the command is not run",
                             "Write nice=0 or more, or take it out.");
        }
    }

    static std::string hint_for_user(std::string const& name) {
        auto const near = nearest_user(name);
        return near ? "Did you mean " + *near + "? Write user=" + *near + "."
                    : "Type: " + making_of_user(name);
    }

    void look_for_programs(config::command const& one, onlooker const& user,
                           config::read_command const& read, std::vector<command_fault>& faults) {
        daemon::eyes_of const open(one.options.user ? *one.options.user : settings_.run_as);
        if (!open.problem().empty()) {
            return;
        }
        auto place = finders_.find(user.uid);
        if (place == finders_.end()) {
            program_finder finder({path_, directory_, user, bash_});
            place = finders_.emplace(user.uid, std::move(finder)).first;
        }
        auto missing = place->second.find_missing(read);
        std::ranges::move(find_missing_operands(read, directory_, user),
                          std::back_inserter(missing));
        for (auto& fault : missing) { // that it is not there is what counts
            auto const same = [&](auto const& other) { return other.offset == fault.offset; };
            bool const explained = std::ranges::any_of(
                faults, [&](auto const& other) { return same(other) && other.not_what_it_seems; });
            if (!explained) {
                std::erase_if(faults, same);
                faults.push_back(std::move(fault));
            }
        }
        base::stable_sort(faults, &command_fault::offset);
    }

    /// Programs that become another user, where that takes a password.
    void look_at_rights(onlooker const& user, config::read_command const& read,
                        std::vector<command_fault>& faults) {
        if (user.uid == 0) {
            return;
        }
        for (auto const& one : read.second.commands) {
            auto const runs = config::runs_of(one);
            for (std::size_t at = 0; at < runs.size(); ++at) {
                auto const name = runs[at].name();
                auto const offset = read.first.written_at(runs[at].program().offset);
                if (auto lost = find_lost_rights(whole_path_of(runs[at]), user.gid)) {
                    faults.push_back({offset, std::move(lost->what), std::move(lost->hint)});
                }
                if (name == "sudo") {
                    look_at_sudo(user, offset, at + 1 < runs.size() ? &runs[at + 1] : nullptr,
                                 faults);
                } else if (std::ranges::find(become_another, name) != become_another.end()) {
                    faults.push_back({offset,
                                      std::string(name) +
                                          " asks for a password at a terminal where it is not "
                                          "root who calls it, and a command has none: it fails",
                                      "Run the agent as root and write #: user=NAME on the line "
                                      "above, or give sudo a rule."});
                }
            }
        }
    }

    void look_at_sudo(onlooker const& user, std::size_t offset, config::program_run const* run,
                      std::vector<command_fault>& faults) {
        if (!rules_read_) {
            rules_read_ = true;
            rules_ = load_sudo_rules();
        }
        if (!rules_ || run == nullptr) {
            return;
        }
        auto const named = exec::find_user(user.name);
        auto const groups = named ? groups_of(*named) : std::vector<std::string>();
        auto const program = whole_path_of(*run);
        using answer = sudo_rules::answer;
        auto const said = rules_->ask(user.name, groups, program);
        if (said == answer::runs) {
            return;
        }
        if (said == answer::wants_terminal) {
            faults.push_back({offset,
                              "sudo wants a terminal (Defaults requiretty in its rules), and a "
                              "command has none: it fails",
                              "Type: echo 'Defaults:" + user.name +
                                  " !requiretty' >>/etc/sudoers.d/trafikito-tty"});
            return;
        }
        faults.push_back({offset,
                          "sudo asks " + user.name +
                              " for a password, and nobody is there to type "
                              "it: no rule with NOPASSWD lets " +
                              user.name + " run " + program,
                          "Type: echo '" + user.name + " ALL=(root) NOPASSWD: " + program +
                              "' >>/etc/sudoers.d/trafikito"});
    }

    std::string whole_path_of(config::program_run const& run) {
        auto const& text = run.program().text;
        if (text.find('/') != std::string::npos) {
            return text;
        }
        program_finder finder({path_, directory_, who_, bash_});
        auto const found = finder.find(text);
        return found ? found->string() : "/usr/bin/" + text;
    }

    /// A list of garbage must not become a report of garbage.
    void add_end(config::command const& first_left_out) {
        diagnostic message;
        message.level = level::warning;
        message.file = settings_.available_commands.string();
        message.line = first_left_out.line_number;
        message.what = "the commands from this line on were not looked at one by one";
        message.hint = found_.empty() ? "The first " + std::to_string(most_inspected) + " were."
                                      : "Mend those above first.";
        found_.push_back(std::move(message));
    }

    // --- as messages ----------------------------------------------------------------------------

    void add(config::command const& one, std::vector<command_fault> const& faults, level as) {
        constexpr std::string_view between = "=\"";
        for (auto const& fault : faults) {
            diagnostic message;
            message.level = as;
            message.what = fault.what;
            message.hint = fault.hint;
            if (one.line_number == 0) { // of the environment
                message.file = "TRAFIKITO_RUN_" + one.name.substr(std::string("trafikito_").size());
            } else {
                message.file = settings_.available_commands.string();
                message.line = one.line_number;
                message.column = one.name.size() + between.size() + fault.offset + 1;
                message.source =
                    config::excerpt_of(config::shown_part_of_command(one.line), message.column);
            }
            found_.push_back(std::move(message));
        }
    }

    /// At `wanted`, such as `user=x`, of the options above the command.
    void add_about_option(config::command const& one, std::string const& wanted, std::string what,
                          std::string hint) {
        diagnostic message;
        message.file = settings_.available_commands.string();
        message.line = one.line_number;
        message.what = std::move(what);
        message.hint = std::move(hint);
        auto const text = base::read_file(settings_.available_commands, config::max_file_size)
                              .content.value_or("");
        base::line_reader lines(text);
        while (auto const line = lines.next()) {
            if (line->number >= one.line_number) {
                break;
            }
            auto const at = line->text.find(wanted);
            if (line->text.starts_with("#:") && at != std::string_view::npos) {
                message.line = line->number;
                message.column = at + wanted.find('=') + 2;
                message.source = config::excerpt_of(line->text, message.column);
            }
        }
        found_.push_back(std::move(message));
    }

    config::settings const& settings_;
    config::command_list const& list_;
    onlooker const& who_;
    bool bash_;
    std::vector<std::string> path_;
    std::vector<std::string> variables_;
    fs::path directory_;
    std::map<uid_t, program_finder> finders_;
    std::optional<sudo_rules> rules_;
    bool rules_read_ = false;
    std::size_t asked_ = 0;
    std::vector<diagnostic> found_;
};

} // namespace

std::vector<diagnostic> inspect_commands(config::settings const& settings,
                                         config::command_list const& list, onlooker const& who) {
    return inspector(settings, list, who).look();
}

} // namespace trafikito::agent::inspection
