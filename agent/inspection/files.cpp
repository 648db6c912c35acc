#include "agent/inspection/files.hpp"

#include "agent/daemon/eyes.hpp"
#include "agent/inspection/script.hpp"
#include "agent/persistence/state.hpp"
#include "agent/persistence/status.hpp"
#include "agent/persistence/stop_file.hpp"
#include "base/log_output.hpp"
#include "base/shell_quoting.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace trafikito::agent::inspection {

namespace fs = std::filesystem;
using config::key_id;

namespace {

bool is_there(fs::path const& path) {
    struct stat facts{};
    return ::lstat(path.c_str(), &facts) == 0;
}

bool is_folder(fs::path const& path) {
    struct stat facts{};
    return ::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

/// What stands there and is neither a regular file nor nothing; empty for these two.
std::string kind_in_words(fs::path const& path) {
    struct stat facts{};
    if (::lstat(path.c_str(), &facts) != 0) {
        return {};
    }
    bool const link = S_ISLNK(facts.st_mode);
    if (link && ::stat(path.c_str(), &facts) != 0) {
        return "a link to nothing";
    }
    switch (facts.st_mode & S_IFMT) {
    case S_IFREG:
        return {};
    case S_IFDIR:
        return "a folder";
    case S_IFIFO:
        return "a FIFO";
    case S_IFSOCK:
        return "a socket";
    default:
        return "a device";
    }
}

class inspector {
public:
    inspector(config::settings const& settings, onlooker const& who, places const& written)
        : settings_(settings), who_(who), written_(written) {}

    closed_files look() && {
        look_at_base();
        look_at_list();
        look_at_certificates();
        look_at_var();
        look_at_tmp_file();
        look_at_log();
        look_at_metrics();
        look_at_reloads();
        return {std::move(found_), std::move(later_)};
    }

private:
    void add(key_id key, level as, fs::path const& otherwise, std::string what, std::string hint) {
        found_.push_back(written_.at(key, as, otherwise, std::move(what), std::move(hint)));
    }

    /// About a file of the installation itself.
    void add_file(level as, fs::path const& file, std::string what, std::string hint) {
        config::diagnostic one;
        one.level = as;
        one.file = file.string();
        one.what = std::move(what);
        one.hint = std::move(hint);
        found_.push_back(std::move(one));
    }

    // --- read -----------------------------------------------------------------------------------

    void look_at_list() {
        auto const& list = settings_.available_commands;
        auto const stopped = find_obstacle(list, R_OK);
        if (!stopped || stopped->error != EACCES) { // that is said by whoever reads it
            return;
        }
        add_file(level::error, list, stopped->in_words(who_, R_OK) + ": no command can be run",
                 mend_of(*stopped, who_, R_OK, true));
    }

    void look_at_certificates() {
        struct wanted {
            key_id key;
            fs::path const& file;
            bool secret;
        };
        std::array const all{wanted{key_id::ca_file, settings_.ca_file, false},
                             wanted{key_id::client_cert, settings_.client_cert, false},
                             wanted{key_id::client_key, settings_.client_key, true}};
        for (auto const& one : all) {
            auto const stopped = one.file.empty() ? std::nullopt : find_obstacle(one.file, R_OK);
            if (stopped) {
                auto const name = std::string(config::describe(one.key).name);
                bool const nothing = stopped->kind(who_, R_OK) == hindrance::missing;
                auto what =
                    nothing ? "there is no " + one.file.string() : stopped->in_words(who_, R_OK);
                add(one.key, level::error, one.file,
                    what.insert(0, name + ": ") + "; the agent cannot start",
                    hint_for(one.key, one.file, *stopped, one.secret));
            }
        }
    }

    /// A home directory is not opened to everybody: what lies there is copied.
    std::string hint_for(key_id key, fs::path const& file, obstacle const& stopped, bool secret) {
        auto const kind = stopped.kind(who_, R_OK);
        if (kind != hindrance::missing && kind != hindrance::mode) {
            return mend_of(stopped, who_, R_OK, secret);
        }
        if (kind == hindrance::missing) {
            auto const near = stopped.on_the_way ? std::string() : nearest_file(file);
            return near.empty() ? "Put it there, or name the right file."
                                : "Did you mean " + near + "?";
        }
        if (!stopped.on_the_way) {
            return "Type: " + opening_command(stopped, who_, R_OK, secret);
        }
        auto const copy = (settings_.config_file.parent_path() / file.filename()).string();
        auto const owner =
            secret ? "install -m 400 -o " + base::shell_quoted(who_.name) : "install -m 644";
        auto const change = written_.changing_command(key, copy);
        return "Type: " + owner + " " + base::shell_quoted(file.string()) + " " +
               base::shell_quoted(copy) + (change.starts_with("sed") ? " && " : "; and set ") +
               change;
    }

    // --- written --------------------------------------------------------------------------------

    void look_at_var() {
        auto const& var = settings_.var_dir;
        if (!is_there(var)) {
            look_at_making_var();
            return;
        }
        std::error_code ignored;
        auto stopped = find_obstacle(var, R_OK | W_OK | X_OK);
        bool const file = fs::exists(var, ignored) && !is_folder(var);
        if (file && (!stopped || !stopped->on_the_way)) {
            stopped = obstacle{var, ENOTDIR, false};
        }
        if (!stopped) {
            look_at_what_it_keeps();
            return;
        }
        int const mode = stopped->on_the_way ? X_OK : W_OK;
        bool const of_others = !stopped->on_the_way && stopped->error == EACCES && is_folder(var) &&
                               stopped->kind(who_, mode) == hindrance::mode;
        add(key_id::var_dir, level::error, var,
            stopped->in_words(who_, mode) + ": the report and the state of the agent have no place",
            of_others ? "Type: chown -R " + base::shell_quoted(who_.name) + " " +
                            base::shell_quoted(var.string())
                      : mend_of(*stopped, who_, mode, false));
    }

    /// The agent makes it, and nothing above it.
    void look_at_making_var() {
        auto const& var = settings_.var_dir;
        auto const stopped = find_obstacle_to_making(var);
        if (!stopped) {
            return;
        }
        add(key_id::var_dir, level::error, var,
            "there is no " + var.string() +
                ", and the agent cannot make it: " + stopped->in_words(who_, W_OK),
            mend_of_making(*stopped, var));
    }

    [[nodiscard]] std::string making_command(fs::path const& folder) const {
        if (who_.uid == ::getuid()) { // not the effective one: other eyes are open
            return "mkdir -p " + base::shell_quoted(folder.string());
        }
        return "install -d -o " + base::shell_quoted(who_.name) + " " +
               base::shell_quoted(folder.string());
    }

    /// What lets `folder` be made, or what is to lie in it.
    [[nodiscard]] std::string mend_of_making(obstacle const& stopped,
                                             fs::path const& folder) const {
        auto const kind = stopped.kind(who_, stopped.on_the_way ? X_OK : W_OK);
        return kind == hindrance::missing || kind == hindrance::mode
                   ? "Type: " + making_command(folder)
                   : mend_of(stopped, who_, W_OK, false);
    }

    /// Of what an agent keeps: a folder for the one, files for the others.
    void look_at_kind(fs::path const& path, bool folder) {
        auto words = kind_in_words(path);
        if (!is_there(path) || (folder ? is_folder(path) : words.empty())) {
            return;
        }
        words = words.empty() ? "a file" : words;
        bool const link = words == "a link to nothing";
        add_file(level::error, path,
                 "this is " + words + ", and " + (folder ? "a folder" : "a file") +
                     " of the agent's must stand here: what it keeps is lost",
                 "Type: " + (link ? "rm " + base::shell_quoted(path.string())
                                  : "mv " + base::shell_quoted(path.string()) + " " +
                                        base::shell_quoted(path.string() + ".old")));
    }

    /// What an agent that ran as somebody else has left.
    void look_at_what_it_keeps() {
        auto const& var = settings_.var_dir;
        std::array const names{
            fs::path("audit.log"), fs::path("spool"), persistence::state_file_in(var).filename(),
            persistence::status_file_in(var).filename(), fs::path("trafikito.sealed")};
        std::string closed;
        for (auto const& name : names) {
            auto const path = var / name;
            int const mode = R_OK | W_OK | (is_folder(path) ? X_OK : 0);
            look_at_kind(path, name == "spool");
            int const error = is_there(path) ? daemon::may(path, mode) : 0;
            obstacle const stopped{path, error, false};
            if (error == EACCES) {
                closed += (closed.empty() ? "" : ", ") + name.string();
            } else if (error != 0 && error != ENOENT && error != ELOOP) {
                add_file(level::error, path,
                         stopped.in_words(who_, W_OK) + ": the agent cannot keep what it must",
                         mend_of(stopped, who_, W_OK, false));
            }
        }
        if (!closed.empty()) {
            add_file(level::error, var,
                     "user " + who_.name + " may not read and write what lies in it (" + closed +
                         "): an agent that ran as another user has left it",
                     "Type: chown -R " + base::shell_quoted(who_.name) + " " +
                         base::shell_quoted(var.string()));
        }
    }

    void look_at_tmp_file() {
        auto const& file = settings_.tmp_file;
        if (file.parent_path() == settings_.var_dir && !is_there(file)) {
            return; // said of var_dir
        }
        look_at_growing(key_id::tmp_file, file,
                        "a report is gathered in memory then, and lost when the agent is killed");
    }

    void look_at_log() {
        auto const& file = settings_.log_file;
        if (!file.empty() && file != base::log_to_stdout) {
            look_at_growing(key_id::log_file, file, "the log goes to stderr in its place");
        }
    }

    /// It is replaced, not written into: the folder is what counts.
    void look_at_metrics() {
        auto const& file = settings_.metrics_file;
        if (auto const kind = kind_in_words(file); !file.empty() && !kind.empty()) {
            add(key_id::metrics_file, level::warning, file,
                "metrics_file: " + file.string() + " is " + kind + "; no metrics are written",
                "Name another file, or remove this.");
            return;
        }
        auto const stopped = file.empty() ? std::nullopt : find_obstacle_to_making(file);
        if (!stopped) {
            return;
        }
        add(key_id::metrics_file, level::warning, file,
            "metrics_file: " + stopped->in_words(who_, W_OK) + "; no metrics are written",
            hint_for_writing(*stopped, file));
    }

    [[nodiscard]] std::string hint_for_writing(obstacle const& stopped,
                                               fs::path const& file) const {
        return stopped.kind(who_, W_OK) == hindrance::missing
                   ? "Type: " + making_command(file.parent_path())
                   : mend_of(stopped, who_, stopped.on_the_way ? X_OK : W_OK, false);
    }

    void look_at_growing(key_id key, fs::path const& file, std::string const& means) {
        auto const name = std::string(config::describe(key).name);
        if (is_folder(file)) {
            add(key, level::warning, file, name + ": " + file.string() + " is a folder; " + means,
                "Name a file in it.");
            return;
        }
        if (auto const kind = kind_in_words(file); !kind.empty()) {
            add(key, level::warning, file,
                name + ": " + file.string() + " is " + kind + "; " + means,
                "Name another file, or remove this.");
            return;
        }
        bool const there = is_there(file);
        auto const stopped = there ? find_obstacle(file, W_OK) : find_obstacle_to_making(file);
        if (!stopped) {
            return;
        }
        add(key, level::warning, file, name + ": " + stopped->in_words(who_, W_OK) + "; " + means,
            hint_for_writing(*stopped, file));
    }

    // --- the others -----------------------------------------------------------------------------

    void look_at_base() {
        auto const& base = settings_.base_dir;
        auto const stopped = find_obstacle(base, X_OK);
        if (!stopped || stopped->on_the_way) {
            return;
        }
        add(key_id::base_dir, stopped->missing() ? level::error : level::warning, base,
            "base_dir: " +
                (stopped->missing() ? stopped->in_words(who_, X_OK)
                                    : "user " + who_.name + " may not enter " + base.string()) +
                "; commands begin in / in its place",
            stopped->missing() ? "Type: mkdir -p " + base::shell_quoted(base.string())
                               : mend_of(*stopped, who_, X_OK, false));
    }

    /// What is read as root at the start, and again as that user.
    void look_at_reloads() {
        look_at_reload(settings_.config_file,
                       "after a reload (SIGHUP, or a change of trafikito.app) it cannot be read "
                       "again: what was in force stays");
        if (is_there(settings_.dynamic_file)) {
            look_at_reload(settings_.dynamic_file,
                           "a change of it is not followed while the agent runs");
        }
        if (!settings_.api_key_file.empty() && !settings_.api_key_file_of_environment) {
            look_at_reload(settings_.api_key_file,
                           "a reload (SIGHUP) keeps the old key: a new one holds after a restart");
        }
        if (settings_.allow_widgets) {
            look_at_widgets();
        }
    }

    void look_at_reload(fs::path const& file, std::string const& means) {
        auto const stopped = find_obstacle(file, R_OK);
        if (stopped && stopped->error == EACCES) {
            config::diagnostic one;
            one.level = level::warning;
            one.file = file.string();
            one.what = stopped->in_words(who_, R_OK) + "; " + means;
            one.hint = mend_of(*stopped, who_, R_OK, true);
            later_.push_back(std::move(one));
        }
    }

    void look_at_widgets() {
        auto const& list = settings_.available_commands;
        auto const stopped = find_obstacle_to_making(list);
        if (stopped && !stopped->missing()) {
            add(key_id::allow_widgets, level::warning, list,
                "allow_widgets: " + stopped->in_words(who_, W_OK) +
                    "; no widget can be added to the list",
                stopped->kind(who_, W_OK) == hindrance::mode
                    ? "Type: chown " + base::shell_quoted(who_.name) + " " +
                          base::shell_quoted(list.parent_path().string()) +
                          ", or take allow_widgets out."
                    : mend_of(*stopped, who_, W_OK, false));
        }
    }

    config::settings const& settings_;
    onlooker const& who_;
    places const& written_;
    std::vector<config::diagnostic> found_;
    std::vector<config::diagnostic> later_;
};

} // namespace

closed_files find_closed_files(config::settings const& settings, onlooker const& who,
                               places const& written) {
    daemon::eyes_of const open(settings.run_as);
    return open.problem().empty() ? inspector(settings, who, written).look() : closed_files();
}

} // namespace trafikito::agent::inspection
