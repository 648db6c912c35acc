// Of which command a process is, or that it is nobody's: a leftover that comes to the warden, or
// the sender of a signal.
#include "exec/warden.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace trafikito::exec {

namespace {

bool has_no_child() {
    siginfo_t ignored{};
    return ::waitid(P_ALL, 0, &ignored, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD;
}

} // namespace

/// Whoever may be a command's leftover: our children, or, where orphans are handed to somebody else
/// or children cannot be listed, all that are proved to be of a command.
std::vector<pid_t> warden::where_to_look() const {
    if (lists_orphans_) {
        return children_.read();
    }
    auto found = shows_processes()  ? all_processes()
                 : running_.empty() ? std::vector<pid_t>()
                                    : processes_from(running_.begin()->first);
    std::erase_if(found, [this](pid_t pid) {
        return !given_.ours(tag_of(pid)) && !running_.contains(::getsid(pid)) &&
               !running_.contains(::getpgid(pid));
    });
    return found;
}

void warden::meet_strangers() {
    std::set<std::uint64_t> present;
    std::set<pid_t> children;
    bool all_known = true;
    for (auto const pid : where_to_look()) {
        auto const tag = tag_of(pid);
        auto const child = seen_.look_at(pid);
        if (child && !given_.ours(tag)) {
            permitted_.insert(*child);
        }
        all_known = all_known && !(child && child->hidden); // or its tag may not be known
        present.insert(tag);
        children.insert(pid);
    }
    all_known = all_known && (!children.empty() || has_no_child()); // or they cannot be listed
    if (all_known) {
        std::erase_if(permitted_tags_, [&](auto tag) { return !present.contains(tag); });
    }
    seen_.forget_all_but(children);
    strangers_ = !all_known || !permitted_.empty() || !permitted_tags_.empty();
}

std::uint64_t warden::tag_for(process_info const& orphan) {
    auto const [place, unknown] = tags_.try_emplace(orphan, 0);
    if (unknown) {
        place->second = tag_of(orphan.pid);
    }
    return place->second;
}

// Nothing when it is of a command that is not known any more, or of nobody.
std::optional<pid_t> warden::owner_of(process_info const& orphan) {
    auto const tag = tag_for(orphan);
    auto const caught = std::ranges::find_if(
        running_, [&](auto const& one) { return one.second.left.contains(orphan); });
    if (caught != running_.end()) { // in its cgroup: that cannot be put on
        return caught->first;
    }
    auto const tagged =
        std::ranges::find_if(running_, [&](auto const& one) { return one.second.tag == tag; });
    if (tagged != running_.end()) {
        return tagged->first;
    }
    auto const near = std::ranges::find_if(running_, [&](auto const& one) {
        return orphan.group == one.first || orphan.session == one.first;
    });
    if (near != running_.end()) {
        return near->first;
    }
    return given_.ours(tag) || could_be_a_strangers() ? std::nullopt : likely_owner_of(orphan);
}

/// Whether there is anybody else whose orphan comes to this process. Without a tag it may be of a
/// `daemon=yes` command, too.
bool warden::could_be_a_strangers() const {
    return first_process_ || strangers_ || !permitted_.empty() || !permitted_tags_.empty() ||
           std::ranges::any_of(running_, [](auto const& one) { return one.second.daemon; });
}

// Whoever took its tag off: it is of a command that has ended, and began after that.
std::optional<pid_t> warden::likely_owner_of(process_info const& orphan) const {
    std::optional<pid_t> likely;
    std::uint64_t began = 0;
    for (auto const& [leader, what] : running_) {
        bool const could_be = orphan.started == 0 || what.started <= orphan.started;
        if (what.over && could_be && what.started >= began) {
            likely = leader;
            began = what.started;
        }
    }
    return likely;
}

bool warden::is_known(process_info const& child) {
    return permitted_.contains(child) || permitted_tags_.contains(tag_for(child)) ||
           std::ranges::any_of(unkillable_, [&](auto const& one) {
               return one.second.pid == child.pid && one.second.started == child.started;
           });
}

/// The main process above that one, or that one itself.
std::optional<pid_t> warden::running_above(pid_t process) const {
    constexpr int deepest = 64;
    auto above = process;
    for (int depth = 0; depth < deepest && above > 1 && above != ::getpid(); ++depth) {
        if (running_.contains(above)) {
            return above;
        }
        auto const seen = look_at(above);
        above = seen ? seen->parent : 0;
    }
    auto const tag = process > 0 ? tag_of(process) : 0;
    auto const session = process > 0 ? ::getsid(process) : -1; // of one whose tag is hidden
    auto const found = std::ranges::find_if(running_, [&](auto const& one) {
        return one.first == session || (tag != 0 && one.second.tag == tag);
    });
    return found != running_.end() ? std::optional(found->first) : std::nullopt;
}

std::optional<std::string> warden::command_of(pid_t process) const {
    if (auto const leader = running_above(process)) {
        return running_.at(*leader).name;
    }
    auto const before = ended_.find(process);
    bool const ended = before != ended_.end() && clock::now() - before->second.at <= lately;
    // Whoever has that number now is another one.
    return ended && !look_at(process) ? std::optional(before->second.name) : std::nullopt;
}

} // namespace trafikito::exec
