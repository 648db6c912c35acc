#include "agent/diagnosis/agents_view.hpp"

#include "agent/diagnosis/keeper.hpp"
#include "agent/diagnosis/processes.hpp"
#include "agent/persistence/instance_lock.hpp"
#include "base/file.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>

namespace trafikito::agent::diagnosis {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view gone = " (deleted)"; ///< proc(5), /proc/PID/fd
constexpr std::size_t max_list = 4UL * 1024 * 1024;

bool is_read_only(fs::path const& folder) {
    struct statvfs facts{};
    return ::statvfs(folder.c_str(), &facts) == 0 && (facts.f_flag & ST_RDONLY) != 0;
}

bool is_one_inode(fs::path const& one, fs::path const& other) {
    struct stat here{};
    struct stat there{};
    return ::stat(one.c_str(), &here) == 0 && ::stat(other.c_str(), &there) == 0 &&
           here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

std::string agent_of(pid_t pid) {
    return "the agent, process " + std::to_string(pid) + ",";
}

/// Where it keeps its state is not where it is looked for.
void look_at_var(known const& so_far, pid_t pid, step& result) {
    auto const& var = so_far.settings().var_dir;
    auto const lock = find_lock_of(pid, var);
    cause why{.rank = rank::access, .sentence = {}, .advice = {}, .command = {}};
    if (lock.is == lock_place::removed && !so_far.daemon) {
        why.sentence = agent_of(pid) +
                       " works in a var_dir that was removed or replaced under it (" +
                       var.string() +
                       "): nothing that it keeps outlasts it, and it cannot be "
                       "asked how it does";
    } else if (lock.is == lock_place::elsewhere) {
        bool const covered = lock.path == persistence::lock_file_in(var).string();
        why.sentence = agent_of(pid) + " works in another var_dir than " + var.string() +
                       (covered ? ": a file system was mounted over it, or there where it runs"
                                : ": its lock is " + lock.path +
                                      ", so that folder was moved under it, or it was started with "
                                      "another one");
    } else if (is_read_only(as_seen_by(pid, var)) && !is_read_only(var)) {
        why.sentence =
            agent_of(pid) + " sees " + var.string() +
            " read-only, unlike this shell: nothing outlasts it, and reports that cannot "
            "be sent at once are lost";
        why.advice = "whatever starts it must let it write there: ReadWritePaths=" + var.string() +
                     " in its unit, or a volume that is not read-only; then restart it";
        result.add(std::move(why));
        return;
    } else {
        return;
    }
    add_restart(so_far, why);
    result.add(std::move(why));
}

/// A file that was mounted alone stays the old one when an editor puts a new one in its place.
void look_at_list(known const& so_far, pid_t pid, step& result) {
    auto const& list = so_far.settings().available_commands;
    auto const theirs = as_seen_by(pid, list);
    if (shares_mounts(pid) || is_one_inode(theirs, list)) {
        return;
    }
    auto const here = base::read_file(list, max_list);
    auto const there = base::read_file(theirs, max_list);
    if (!here.content || (!there.content && !there.missing) || here.content == there.content) {
        return;
    }
    cause why{.rank = rank::list,
              .sentence =
                  agent_of(pid) + " works with another list than " + list.string() +
                  ": where it runs, " +
                  (there.missing ? "there is no such file"
                                 : "another file has that name, as " + theirs.string() + " shows"),
              .advice = "a file that is mounted alone is the one of its start",
              .command = {}};
    add_restart(so_far, why);
    result.add(std::move(why));
}

} // namespace

held_lock find_lock_of(pid_t agent, fs::path const& var_dir) {
    auto const ours = persistence::lock_file_in(var_dir);
    std::error_code failed;
    fs::directory_iterator at("/proc/" + std::to_string(agent) + "/fd", failed);
    if (failed) {
        return {};
    }
    for (; !failed && at != fs::directory_iterator(); at.increment(failed)) {
        std::error_code unreadable;
        auto path = fs::read_symlink(at->path(), unreadable).string();
        bool const removed = path.ends_with(gone);
        path.resize(path.size() - (removed ? gone.size() : 0));
        if (unreadable || fs::path(path).filename() != ours.filename()) {
            continue;
        }
        if (is_one_inode(at->path(), ours)) {
            return {lock_place::here, path};
        }
        return {removed ? lock_place::removed : lock_place::elsewhere, path};
    }
    return {lock_place::none, {}};
}

void look_at_view(known const& so_far, step& result) {
    if (auto const pid = so_far.agents_pid(); pid != 0) {
        look_at_var(so_far, pid, result);
        look_at_list(so_far, pid, result);
    }
}

} // namespace trafikito::agent::diagnosis
