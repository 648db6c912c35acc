// Step 2: what the agent's user may read and write, and what others may change. As root it looks
// with the eyes of that user.
#include "agent/diagnosis/steps.hpp"

#include "agent/daemon/eyes.hpp"
#include "agent/diagnosis/access.hpp"
#include "agent/persistence/strict_modes.hpp"
#include "base/shell_quoting.hpp"
#include "exec/user.hpp"

#include <cerrno>
#include <system_error>

#include <unistd.h>

namespace trafikito::agent::diagnosis {

namespace fs = std::filesystem;

namespace {

/// For sed(1).
std::string replacing(fs::path const& one, fs::path const& other) {
    return base::shell_quoted("s|" + one.string() + "|" + other.string() + "|");
}

/// What mv(1) does not overwrite, and does not move into.
fs::path free_name(fs::path const& of) {
    std::error_code failed;
    fs::path name = of.native() + ".old";
    for (int number = 2; fs::exists(fs::symlink_status(name, failed)); ++number) {
        name = of.native() + ".old." + std::to_string(number);
    }
    return name;
}

class permissions {
public:
    explicit permissions(known const& so_far)
        : so_far_(so_far), settings_(so_far.settings()), user_(so_far.daemons_user()) {
        uid_ = so_far.daemons_uid();
        user_ = user_.empty() ? user_name(uid_) : user_;
    }

    step look();

private:
    void look_at_modes();
    void look_at_files();
    void look_at_var();
    void look_at_list();
    void look_at_trust(std::string const& key, fs::path const& file);
    void look_at_key_file();
    void look_at_output(std::string const& what, fs::path const& file,
                        std::string const& else_what);
    [[nodiscard]] fs::path find_other(fs::path const& file) const;
    void no_entry(obstacle const& stopped, std::string sentence, rank as);
    [[nodiscard]] std::string whose() const { return base::shell_quoted(user_); }

    known const& so_far_;
    config::settings const& settings_;
    std::string user_;
    uid_t uid_ = 0;
    step result_;
};

step permissions::look() {
    if (!exec::find_user(user_)) {
        result_.text = "there is no user " + user_;
        if (so_far_.running_as) { // a number, of a container perhaps
            result_.is = verdict::unseen;
            result_.text = "the agent runs as user " + user_ +
                           ", who has no name here: what that one may was not looked at";
            return std::move(result_);
        }
        if (settings_.run_as == user_) {
            result_.is = verdict::wrong; // the step `check` says it, with the name that is meant
            return std::move(result_);
        }
        auto const named_by = "the service " + so_far_.service.name;
        result_.add({.rank = rank::user,
                     .sentence = named_by + " names the user " + user_ +
                                 ", and there is none on this machine: no agent starts",
                     .advice = "name another one there, or make it",
                     .command = "useradd --system --no-create-home --shell /usr/sbin/nologin " +
                                base::shell_quoted(user_)});
        return std::move(result_);
    }
    look_at_modes();
    if (so_far_.sees_as_daemon()) {
        daemon::eyes_of const eyes(user_);
        if (eyes.problem().empty()) {
            look_at_files();
        } else {
            result_.at_least(verdict::unseen);
            result_.details.push_back(eyes.problem());
        }
    } else {
        result_.at_least(verdict::unseen);
        result_.details.push_back("this is user " + user_name(::geteuid()) +
                                  ", and the agent is another one's: what that one may read and "
                                  "write was not looked at; `sudo " +
                                  so_far_.typed("why") + "` sees it");
    }
    if (result_.text.empty()) {
        result_.text = result_.is == verdict::unseen
                           ? "seen in part"
                           : "the agent's user " + user_ + " may read and write what it needs";
    }
    return std::move(result_);
}

void permissions::look_at_modes() {
    auto const judged = persistence::judge_installation(settings_, uid_);
    if (!judged.may_run) {
        std::string commands;
        std::string words;
        for (auto const& one : judged.loose) {
            result_.details.push_back(one.message());
            bool const typed = one.mend.starts_with("ch") && !one.on_read_only_mount;
            auto& into = typed ? commands : words;
            into += (into.empty() ? "" : typed ? " && " : "; ") + one.mend;
        }
        auto const& first = judged.loose.front();
        result_.text = first.path.string() + ": " + first.what;
        result_.add({.rank = rank::open_to_others,
                     .sentence = "no command is run, since others could change what runs: " +
                                 first.path.string() + ": " + first.what,
                     .advice = words,
                     .command = commands});
    } else if (!judged.loose.empty()) {
        result_.at_least(verdict::note);
        result_.details.push_back("strict_modes = no: " + judged.loose.front().message());
    }
    for (auto const& one : persistence::find_loose_var(settings_, uid_)) {
        result_.at_least(verdict::note);
        result_.details.push_back(one.message());
    }
}

void permissions::look_at_files() {
    look_at_var();
    look_at_list();
    look_at_trust("ca_file", settings_.ca_file);
    look_at_trust("client_cert", settings_.client_cert);
    look_at_trust("client_key", settings_.client_key);
    look_at_key_file();
    if (settings_.tmp_file.parent_path() != settings_.var_dir) {
        look_at_output("tmp_file", settings_.tmp_file, "reports are gathered in memory");
    }
    if (!settings_.log_file.empty() && settings_.log_file != "-") {
        look_at_output("log_file", settings_.log_file, "the log goes elsewhere");
    }
}

void permissions::look_at_var() {
    auto const& var = settings_.var_dir;
    auto stopped = find_obstacle(var, R_OK | W_OK | X_OK);
    if (stopped && !stopped->on_the_way && stopped->error == ENOENT &&
        !find_obstacle(var.parent_path(), W_OK | X_OK)) {
        return; // the agent makes it
    }
    std::error_code ignored;
    auto const place = base::shell_quoted(var.native());
    if (fs::exists(var, ignored) && !fs::is_directory(var, ignored)) {
        result_.text = var.string() + " is no directory";
        result_.add(
            {.rank = rank::access,
             .sentence = var.string() + ", where the agent keeps its state, is no directory",
             .advice = {},
             .command = "test ! -d " + place + " && mv " + place + ' ' +
                        base::shell_quoted(free_name(var).native()) + " && install -d -m 0750 -o " +
                        whose() + ' ' + place});
        return;
    }
    if (!stopped) {
        auto const spool = var / "spool";
        stopped = fs::exists(spool, ignored) && !fs::is_directory(spool, ignored)
                      ? obstacle{spool, ENOTDIR, false}
                      : find_obstacle(spool, R_OK | W_OK | X_OK);
        if (stopped && stopped->error == ENOENT) {
            stopped.reset(); // the agent makes it
        }
    }
    if (!stopped) {
        return;
    }
    auto const words = "the agent's user " + user_ + " cannot work in " + var.string() + ": " +
                       in_words(*stopped, W_OK) + ", so its reports and its state have no place";
    result_.text = in_words(*stopped, W_OK);
    bool const missing = stopped->error == ENOENT;
    if (!missing && (stopped->on_the_way || stopped->error != EACCES)) {
        no_entry(*stopped, words, rank::access);
        return;
    }
    result_.add(
        {.rank = rank::access,
         .sentence = words,
         .advice = {},
         .command = missing ? "install -d -m 0750 -o " + whose() + ' ' + place
                            : "chown -R " + whose() + ' ' + place + " && chmod u+rwX " + place});
}

/// A directory on the way cannot be entered, or it is no matter of owner and mode: each has a mend
/// of its own.
void permissions::no_entry(obstacle const& stopped, std::string sentence, rank as) {
    cause why{.rank = as, .sentence = std::move(sentence), .advice = {}, .command = {}};
    inspection::onlooker const who{user_, {}, uid_, {}};
    if (stopped.error == ENOENT) {
        why.command = "mkdir -p " + base::shell_quoted(stopped.at.native());
    } else if (stopped.on_the_way && stopped.error == EACCES) {
        why.command = "chmod a+x " + base::shell_quoted(stopped.at.native());
    } else {
        auto by = inspection::find_mend(stopped, who, W_OK, false);
        why.command = std::move(by.command);
        why.advice = std::move(by.words);
    }
    result_.add(std::move(why));
}

void permissions::look_at_list() {
    auto const& list = settings_.available_commands;
    auto const stopped = find_obstacle(list, R_OK);
    if (!stopped || stopped->error == ENOENT) {
        return; // that it is missing says the step of the list
    }
    auto words = "the agent's user " + user_ +
                 " cannot read the list of commands: " + in_words(*stopped, R_OK) +
                 ", so nothing runs";
    result_.text = in_words(*stopped, R_OK);
    if (stopped->on_the_way || stopped->error != EACCES) {
        no_entry(*stopped, std::move(words), rank::access);
        return;
    }
    result_.add({.rank = rank::access,
                 .sentence = std::move(words),
                 .advice = {},
                 .command = "chmod a+r " + base::shell_quoted(list.native())});
}

void permissions::look_at_trust(std::string const& key, fs::path const& file) {
    auto const stopped = file.empty() ? std::nullopt : find_obstacle(file, R_OK);
    if (!stopped) {
        return;
    }
    cause why{.rank = rank::access,
              .sentence = key + " = " + file.string() + " cannot be read by the agent's user " +
                          user_ + ": " + in_words(*stopped, R_OK) +
                          ", so it does not reach the API",
              .advice = {},
              .command = {}};
    auto const here = settings_.config_file.parent_path() / file.filename();
    auto const config = base::shell_quoted(settings_.config_file.native());
    auto const mode = std::string(key == "client_key" ? "0400 -o " + whose() : "0644");
    if (stopped->error == ENOENT) {
        auto const other = find_other(file);
        why.advice = other.empty() ? "put the right file there, or correct " + key + " in " +
                                         settings_.config_file.string()
                                   : other.string() + " may be meant";
        why.command = other.empty() ? "" : "sed -i " + replacing(file, other) + ' ' + config;
    } else if (stopped->error != EACCES) {
        auto by = inspection::find_mend(*stopped, {user_, {}, uid_, {}}, R_OK, true);
        why.command = std::move(by.command);
        why.advice = std::move(by.words);
    } else if (stopped->on_the_way && here != file) {
        why.command = "install -m " + mode + ' ' + base::shell_quoted(file.native()) + ' ' +
                      base::shell_quoted(here.native()) + " && sed -i " + replacing(file, here) +
                      ' ' + config;
    } else if (key == "client_key") {
        why.command = "chown " + whose() + ' ' + base::shell_quoted(file.native()) +
                      " && chmod 0400 " + base::shell_quoted(file.native());
    } else {
        why.command = "chmod a+r " + base::shell_quoted(file.native());
    }
    result_.text = key + ": " + in_words(*stopped, R_OK);
    result_.add(std::move(why));
}

/// The one file of that kind beside the configuration; empty where there is none, or more.
fs::path permissions::find_other(fs::path const& file) const {
    fs::path other;
    std::error_code failed;
    for (fs::directory_iterator at(settings_.config_file.parent_path(), failed);
         !failed && at != fs::directory_iterator(); at.increment(failed)) {
        if (at->path().extension() == file.extension() && !file.extension().empty()) {
            if (!other.empty()) {
                return {};
            }
            other = at->path();
        }
    }
    return other;
}

/// With run_as it is read before the agent becomes that user.
void permissions::look_at_key_file() {
    auto const& file = settings_.api_key_file;
    if (file.empty() || !settings_.run_as.empty() || settings_.api_key_file_of_environment ||
        so_far_.service.by == service::kind::systemd) {
        return;
    }
    if (auto const stopped = find_obstacle(file, R_OK)) {
        result_.text = "api_key_file: " + in_words(*stopped, R_OK);
        result_.add({.rank = rank::access,
                     .sentence = "the agent's user " + user_ + " cannot read api_key_file " +
                                 file.string() + ": " + in_words(*stopped, R_OK),
                     .advice = stopped->error == ENOENT ? "put the key there" : "",
                     .command = stopped->error == ENOENT
                                    ? ""
                                    : "chown " + whose() + ' ' + base::shell_quoted(file.native()) +
                                          " && chmod 0400 " + base::shell_quoted(file.native())});
    }
}

/// What the agent can do without.
void permissions::look_at_output(std::string const& what, fs::path const& file,
                                 std::string const& else_what) {
    if (auto const stopped = find_obstacle_to_writing(file)) {
        result_.at_least(verdict::note);
        result_.details.push_back(what + ": " + in_words(*stopped, W_OK) + " by " + user_ + "; " +
                                  else_what);
    }
}

} // namespace

step look_at_permissions(known& so_far) {
    return permissions(so_far).look();
}

} // namespace trafikito::agent::diagnosis
