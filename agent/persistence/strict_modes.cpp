#include "agent/persistence/strict_modes.hpp"
#include "base/shell_quoting.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <string_view>
#include <utility>

namespace trafikito::agent::persistence {

namespace fs = std::filesystem;
using base::path_step;

namespace {

constexpr mode_t others_write = S_IWGRP | S_IWOTH;
constexpr uid_t unknown_user = 65534; ///< user_namespaces(7): whom this one does not know

std::string octal(mode_t mode) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04o", static_cast<unsigned>(mode & 07777));
    return text.data();
}

std::string kind_of(path_step const& step) {
    switch (step.is) {
    case path_step::kind::directory:
        return "directory";
    case path_step::kind::link:
        return "link";
    case path_step::kind::file:
        break;
    }
    return "file";
}

class judgement {
public:
    explicit judgement(uid_t agent) : agent_(agent) {}

    void look_along(std::vector<path_step> const& way) {
        path_step const* above = nullptr;
        for (auto const& step : way) {
            look_at(step, above != nullptr && stands_in(*above, step) ? above : nullptr);
            above = step.is == path_step::kind::directory ? &step : nullptr;
        }
    }

    std::vector<loose_mode> found;

private:
    /// Directly. As text, since paths that are free of links differ in nothing else.
    static bool stands_in(path_step const& directory, path_step const& step) {
        std::string_view const above = directory.path.native();
        std::string_view const path = step.path.native();
        auto const slash = path.rfind('/');
        return path != above && slash != std::string_view::npos &&
               path.substr(0, slash == 0 ? 1 : slash) == above;
    }

    /// `directory`: where it stands in, if the way led through that.
    void look_at(path_step const& step, path_step const* directory) {
        if (!step.unreliable.empty()) {
            add(step, step.unreliable, "name a file on a disk of this machine instead");
        } else if (step.owner != 0 && step.owner != agent_) {
            add_owner(step);
        } else if (directory != nullptr && sticky(*directory) && step.names > 1) {
            add(step,
                "has " + std::to_string(step.names) +
                    " names (hard links), and everybody may make one in " +
                    directory->path.string(),
                "move it to where only root can write");
        } else if (step.is != path_step::kind::link && (step.mode & others_write) != 0 &&
                   !sticky(step)) {
            add_mode(step);
        }
    }

    /// What others may add to, and nothing else: they can neither remove nor rename what is ours.
    static bool sticky(path_step const& step) {
        return step.is == path_step::kind::directory && (step.mode & S_ISVTX) != 0 &&
               (step.mode & others_write) != 0;
    }

    void add_owner(path_step const& step) {
        auto what = "belongs to user " + std::to_string(step.owner) +
                    ", who is neither root nor the " + "agent's user" +
                    (step.owner == unknown_user
                         ? " (in a container perhaps somebody outside, whom it does not know)"
                         : "");
        bool const link = step.is == path_step::kind::link;
        add(step, what,
            (link ? "chown -h root " : "chown root ") + base::shell_quoted(step.path.native()));
    }

    void add_mode(path_step const& step) {
        bool const group_alone = (step.mode & S_IWOTH) == 0;
        auto const what = "can be written by others than its owner (mode " + octal(step.mode) +
                          (group_alone ? ": group " + std::to_string(step.group) : "") + ")";
        if (add(step, what, "chmod go-w " + base::shell_quoted(step.path.native())) &&
            step.read_only) {
            found.back().on_read_only_mount = true;
            found.back().mend = "no chmod helps on a read-only mount: if you trust everybody who "
                                "can write to what is mounted there, set strict_modes = no";
        }
    }

    bool add(path_step const& step, std::string const& what, std::string mend) {
        if (std::ranges::any_of(found, [&](auto& one) { return one.path == step.path; })) {
            return false;
        }
        found.push_back({.path = step.path,
                         .what = "the " + kind_of(step) + " " + what,
                         .mend = std::move(mend),
                         .is_directory = step.is == path_step::kind::directory});
        return true;
    }

    uid_t agent_;
};

/// Whether somebody else could have written what was read over that way.
bool could_be_forged(std::vector<path_step> const& way, uid_t agent) {
    return !std::ranges::all_of(judge(way, agent), [](loose_mode const& one) {
        return one.on_read_only_mount && one.is_directory;
    });
}

bool switched_off(config::settings const& settings, uid_t agent) {
    return !settings.strict_modes &&
           (settings.strict_modes_of_environment || !could_be_forged(settings.config_way, agent));
}

bool is_same_step(path_step const& one, path_step const& other) {
    return one.path.native() == other.path.native() && one.is == other.is &&
           one.owner == other.owner && one.group == other.group && one.mode == other.mode &&
           one.names == other.names && one.read_only == other.read_only &&
           one.unreliable == other.unreliable;
}

std::array<fs::path const*, 5> files_of(config::settings const& settings) {
    return {&settings.config_file, &settings.dynamic_file, &settings.available_commands,
            &settings.base_dir, &settings.ca_file};
}

std::array<bool, 3> switches_of(config::settings const& settings) {
    return {settings.allow_widgets, settings.strict_modes, settings.strict_modes_of_environment};
}

} // namespace

std::string loose_mode::message() const {
    return path.string() + ": " + what + (on_read_only_mount ? "; " : "; mend it: ") + mend;
}

std::string loose_mode::advice() const {
    return on_read_only_mount ? "N" + mend.substr(1) + "." : "Mend it: " + mend;
}

std::string verdict::why_not() const {
    return may_run ? std::string() : loose.front().message();
}

std::vector<loose_mode> judge(std::vector<path_step> const& way, uid_t agent) {
    judgement all(agent);
    all.look_along(way);
    return std::move(all.found);
}

verdict judge_installation(config::settings const& settings, uid_t agent) {
    return installation_watch().judge(settings, agent);
}

installation_watch::question::question(config::settings const& of, uid_t by)
    : config_way(of.config_way), dynamic_way(of.dynamic_way), switches(switches_of(of)), agent(by) {
    for (auto const* file : files_of(of)) {
        files.push_back(*file);
    }
}

bool installation_watch::question::is_that_of(config::settings const& settings, uid_t by) const {
    auto const same_text = [](fs::path const& one, fs::path const* other) {
        return one.native() == other->native();
    };
    return agent == by && switches == switches_of(settings) &&
           std::ranges::equal(config_way, settings.config_way, is_same_step) &&
           std::ranges::equal(dynamic_way, settings.dynamic_way, is_same_step) &&
           std::ranges::equal(files, files_of(settings), same_text);
}

/// What the last look found, if this one would find the same.
std::optional<verdict> installation_watch::as_before(config::settings const& settings,
                                                     uid_t agent) const {
    bool const same_list = of_.command_env == settings.command_env &&
                           of_.environment_commands == settings.environment_commands;
    if (!asked_ || !same_list || !asked_->is_that_of(settings, agent) || !walk_.is_as_before()) {
        return std::nullopt;
    }
    verdict same;
    same.loose = last_.loose;
    same.may_run = last_.may_run;
    same.switch_void = last_.switch_void;
    same.list_may_be_read = last_.list_may_be_read;
    same.list.unchanged = last_.list.unchanged;
    same.list.missing = last_.list.missing;
    same.list.problem = last_.list.problem;
    return same;
}

verdict installation_watch::judge(config::settings const& settings, uid_t agent) {
    if (auto same = as_before(settings, agent)) {
        return std::move(*same);
    }
    verdict result;
    walk_.look_again();
    judgement all(agent);
    all.look_along(settings.config_way);
    all.look_along(settings.dynamic_way);
    all.look_along(walk_.look(settings.config_file));
    all.look_along(walk_.look(settings.dynamic_file));
    bool const known =
        list_ && of_ == made_of{.file = settings.available_commands,
                                .stamp = of_.stamp,
                                .command_env = settings.command_env,
                                .environment_commands = settings.environment_commands};
    result.list = walk_.open(settings.available_commands, known ? of_.stamp : std::nullopt);
    all.look_along(result.list.steps);
    all.look_along(walk_.look(settings.base_dir));
    if (settings.allow_widgets && !settings.ca_file.empty()) {
        all.look_along(walk_.look(settings.ca_file));
    }
    walk_.let_go(settings.var_dir);
    result.loose = std::move(all.found);
    bool const off = switched_off(settings, agent);
    result.may_run = result.loose.empty() || off;
    result.switch_void = !off && could_be_forged(settings.config_way, agent);
    result.list_may_be_read = off || persistence::judge(result.list.steps, agent).empty();
    last_.loose = result.loose;
    last_.may_run = result.may_run;
    last_.switch_void = result.switch_void;
    last_.list_may_be_read = result.list_may_be_read;
    last_.list.unchanged = result.list.unchanged;
    last_.list.missing = result.list.missing;
    last_.list.problem = result.list.problem;
    asked_.emplace(settings, agent);
    return result;
}

std::shared_ptr<config::loaded_command_list const>
installation_watch::read_command_list(verdict const& what, config::settings const& settings) {
    if (!what.list_may_be_read) {
        return std::make_shared<config::loaded_command_list>();
    }
    if (!what.list.unchanged) {
        list_ = std::make_shared<config::loaded_command_list>(
            config::load_command_list(settings, what.list));
        of_ = {.file = settings.available_commands,
               .stamp = list_->list ? what.list.stamp : std::nullopt,
               .command_env = settings.command_env,
               .environment_commands = settings.environment_commands};
    }
    return list_;
}

std::vector<loose_mode> find_loose_modes(config::settings const& settings, uid_t agent) {
    return judge_installation(settings, agent).loose;
}

bool must_be_read_again(config::settings const& settings, uid_t agent) {
    return !switched_off(settings, agent) && (!judge(settings.config_way, agent).empty() ||
                                              !judge(settings.dynamic_way, agent).empty());
}

std::string other_remedy(verdict const& what, config::settings const& settings) {
    auto const in_file = "strict_modes = no in " + settings.config_file.string();
    if (!what.switch_void) {
        return in_file + " would run them all the same, for where that cannot be mended";
    }
    return in_file + (settings.strict_modes ? " would" : " does") +
           " not count, since others could have written it; where that cannot be mended, set "
           "TRAFIKITO_STRICT_MODES=no in the agent's environment";
}

void log_verdict(base::log& log, verdict const& what, config::settings const& settings) {
    std::string all;
    for (auto const& one : what.loose) {
        all += (all.empty() ? "" : "; ") + one.message();
    }
    if (!what.may_run) {
        all = "no command is run, since others could change what runs: " + all + "; " +
              other_remedy(what, settings);
    } else if (!all.empty()) {
        all = "strict_modes = no: commands run although others could change what runs: " + all;
    }
    log.on_change(what.may_run ? base::severity::warning : base::severity::error, "modes", all,
                  "nobody else can change what runs any more");
}

config::loaded_command_list read_command_list(verdict const& what,
                                              config::settings const& settings) {
    return what.list_may_be_read ? config::load_command_list(settings, what.list)
                                 : config::loaded_command_list();
}

std::vector<loose_mode> find_loose_var(config::settings const& settings, uid_t agent) {
    return judge(base::path_walk().look(settings.var_dir), agent);
}

std::vector<loose_mode> find_readable_key(config::settings const& settings) {
    auto const& file = settings.api_key_file.empty() ? settings.config_file : settings.api_key_file;
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
        (status.st_mode & S_IROTH) == 0) {
        return {}; // of what is no file of ours, no chmod: /dev/zero is everybody's
    }
    return {{.path = file,
             .what = "everybody on this machine can read the API key in it (mode " +
                     octal(status.st_mode) + ")",
             .mend = "chmod o-rwx " + base::shell_quoted(file.native())}};
}

} // namespace trafikito::agent::persistence
