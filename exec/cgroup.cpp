#include "exec/cgroup.hpp"

#include "base/number.hpp"
#include "exec/process_info.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <iterator>
#include <ranges>
#include <system_error>

namespace trafikito::exec {

namespace fs = std::filesystem;

namespace {

std::string message(int error) {
    return std::generic_category().message(error);
}

bool write_to(std::string const& file, std::string_view text) {
    base::descriptor const opened(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    return opened.open() && ::write(opened.get(), text.data(), text.size()) >= 0;
}

template <class Each>
void for_each_word(std::string_view text, char separator, Each each) {
    while (!text.empty()) {
        auto const word = text.substr(0, text.find(separator));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        each(word);
    }
}

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    for_each_word(line, ' ', [&](std::string_view word) { words.push_back(word); });
    return words;
}

/// Blanks and backslashes in a path stand there as `\040` and `\134`.
std::string unescape(std::string_view word) {
    std::string text;
    for (std::size_t at = 0; at < word.size(); ++at) {
        unsigned value = 0;
        if (word[at] == '\\' && at + 3 < word.size() &&
            std::from_chars(word.data() + at + 1, word.data() + at + 4, value, 8).ec ==
                std::errc()) {
            text += static_cast<char>(value);
            at += 3;
        } else {
            text += word[at];
        }
    }
    return text;
}

/// A group and all below it, parents first.
std::vector<fs::path> with_descendants(fs::path const& group) {
    std::vector<fs::path> all{group};
    std::error_code failed;
    for (fs::recursive_directory_iterator one(group, failed), end; !failed && one != end;
         one.increment(failed)) {
        if (std::error_code ignored; one->is_directory(ignored)) {
            all.push_back(one->path());
        }
    }
    return all;
}

/// All of cgroup.procs; 0 stands for a process that our pid namespace does not show.
std::vector<pid_t> processes_in(fs::path const& group) {
    std::vector<pid_t> processes;
    auto const text = read_proc(group / "cgroup.procs");
    for_each_word(text, '\n', [&](std::string_view word) {
        processes.push_back(base::number_in<pid_t>(word).value_or(0));
    });
    return processes;
}

} // namespace

cgroup::cgroup(std::string path, std::string name, base::descriptor directory)
    : path_(std::move(path)), name_(std::move(name)), directory_(std::move(directory)) {}

cgroup::~cgroup() {
    (void)remove();
}

bool cgroup::holds(std::string_view name) const {
    return name.starts_with(name_) && (name.size() == name_.size() || name[name_.size()] == '/');
}

std::vector<pid_t> cgroup::members() const {
    std::vector<pid_t> all;
    for (auto const& group : with_descendants(path_)) {
        std::ranges::copy_if(processes_in(group), std::back_inserter(all),
                             [](pid_t pid) { return pid > 0 && pid != ::getpid(); });
    }
    return all;
}

bool cgroup::populated() const {
    return read_proc(path_ + "/cgroup.events").starts_with("populated 1");
}

// Who may write here may also have put this process here.
bool cgroup::kill() const {
    if (!populated()) {
        return false;
    }
    if (!holds(find_cgroup_name(read_proc("/proc/self/cgroup")))) {
        if (write_to(path_ + "/cgroup.kill", "1")) {
            return true;
        }
        // Linux before 5.14: what is frozen does not fork while it is killed one by one.
        (void)write_to(path_ + "/cgroup.freeze", "1");
    }
    bool any = false;
    for (auto const pid : members()) {
        any = ::kill(pid, SIGKILL) == 0 || errno == ESRCH || any;
    }
    return any;
}

bool cgroup::remove() {
    auto const removed = [](char const* group) { return ::rmdir(group) == 0 || errno == ENOENT; };
    gone_ = gone_ || removed(path_.c_str());
    if (!gone_) { // as a rule nobody has made groups in it
        auto const groups = with_descendants(path_);
        gone_ = std::ranges::all_of(groups | std::views::reverse,
                                    [&](fs::path const& group) { return removed(group.c_str()); });
    }
    return gone_;
}

command_groups::command_groups(std::string installation)
    : installation_(std::move(installation)),
      prefix_("trafikito-" + (installation_.empty() ? "" : installation_ + "-")),
      own_prefix_(prefix_ + std::to_string(::getpid()) + "-") {
    find_own();
    if (!path_.empty()) {
        take_over_abandoned();
        if (auto const trial = make()) {
            problem_.clear();
        }
    }
}

void command_groups::find_own() {
    auto const mount = find_cgroup_mount(read_proc("/proc/self/mountinfo"));
    name_ = find_cgroup_name(read_proc("/proc/self/cgroup"));
    path_ = directory_of(name_, mount);
    directory_ = base::descriptor(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (mount.point.empty()) {
        problem_ = "no cgroup v2 is mounted";
    } else if (path_.empty()) {
        problem_ = "the agent's own cgroup is not below " + mount.point.string();
    }
}

/// Whether an agent of this installation gave that name to a group that is there.
bool command_groups::made_here(std::string_view name) const {
    if (installation_.empty() || !name.starts_with(prefix_)) {
        return false;
    }
    auto const numbers = name.substr(prefix_.size());
    auto const dash = numbers.find('-');
    struct stat status{};
    return dash != std::string_view::npos && base::number_in<pid_t>(numbers.substr(0, dash)) &&
           base::number_in<std::size_t>(numbers.substr(dash + 1)) &&
           ::lstat((path_ / name).c_str(), &status) == 0 && status.st_uid == ::geteuid();
}

void command_groups::take_over_abandoned() {
    std::error_code failed;
    for (fs::directory_iterator one(path_, failed), end; !failed && one != end;
         one.increment(failed)) {
        auto const name = one->path().filename().string();
        if (!made_here(name)) {
            continue;
        }
        if (auto group = open(name)) { // unlocked: its agent is gone
            (void)group->kill();
            retired_.push_back(std::move(group));
        }
    }
}

/// Nothing when it belongs to another agent that lives.
std::unique_ptr<cgroup> command_groups::open(std::string const& directory) {
    auto path = path_.native() + "/" + directory;
    base::descriptor opened(
        ::openat(directory_.get(), directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.open() || ::flock(opened.get(), LOCK_EX | LOCK_NB) != 0) {
        problem_ = path + ": " + message(errno);
        return nullptr;
    }
    auto name = (name_ == "/" ? "" : name_) + "/" + directory;
    return std::make_unique<cgroup>(std::move(path), std::move(name), std::move(opened));
}

std::unique_ptr<cgroup> command_groups::make() {
    remove_retired();
    if (path_.empty() || refused_) {
        return nullptr;
    }
    auto const directory = own_prefix_ + std::to_string(count_++);
    if (::mkdirat(directory_.get(), directory.c_str(), S_IRWXU | S_IRGRP | S_IXGRP) != 0) {
        int const error = errno;
        problem_ = path_.string() + ": " + message(error);
        refused_ = error == EACCES || error == EPERM || error == EROFS; // and not just no room
        return nullptr;
    }
    auto made = open(directory);
    if (!made) { // no descriptor was left for it
        ::unlinkat(directory_.get(), directory.c_str(), AT_REMOVEDIR);
    }
    return made;
}

void command_groups::entered(int error) {
    problem_ = error == 0 ? "" : "a command cannot be put into its cgroup: " + message(error);
}

void command_groups::retire(std::unique_ptr<cgroup> group) {
    if (group && !group->remove()) {
        retired_.push_back(std::move(group));
    }
}

void command_groups::remove_retired() {
    std::erase_if(retired_, [](auto const& group) {
        bool const gone = group->remove();
        return gone || (group->kill() && group->remove());
    });
}

std::string command_groups::describe() const {
    if (problem_.empty()) {
        return "each command runs in a cgroup of its own below " + path_.string();
    }
    return "commands run without a cgroup of their own (" + problem_ +
           "): what they leave behind is found by its session, group and descent";
}

cgroup_mount find_cgroup_mount(std::string_view mountinfo) {
    cgroup_mount found;
    for_each_word(mountinfo, '\n', [&](std::string_view line) {
        auto const separator = line.find(" - cgroup2 ");
        auto const words = words_of(line.substr(0, separator));
        if (separator != std::string_view::npos && words.size() >= 6 && found.point.empty()) {
            found = {unescape(words[3]), unescape(words[4])};
        }
    });
    return found;
}

std::string find_cgroup_name(std::string_view text) {
    std::string name;
    for_each_word(text, '\n', [&](std::string_view line) {
        if (line.starts_with("0::/")) {
            name = line.substr(3);
        }
    });
    return name;
}

fs::path directory_of(std::string const& name, cgroup_mount const& mount) {
    auto const& root = mount.root.native();
    // `/..`: out of the cgroup namespace.
    if (name.empty() || root.empty() || name.starts_with("/..") || root.starts_with("/..")) {
        return {};
    }
    auto const below = root == "/" ? std::string_view() : std::string_view(root);
    if (!name.starts_with(below) || (name.size() > below.size() && name[below.size()] != '/')) {
        return {};
    }
    auto const rest = std::string_view(name).substr(below.size());
    return rest.empty() || rest == "/" ? mount.point : mount.point / rest.substr(1);
}

} // namespace trafikito::exec
