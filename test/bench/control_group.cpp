#include "test/bench/control_group.hpp"

#include "test/bench/process.hpp"

#include <csignal>
#include <sstream>
#include <thread>
#include <unistd.h>

namespace trafikito::test::bench {

namespace {

namespace fs = std::filesystem;

bool is_among(std::string const& list, std::string const& word) {
    return ("," + list + ",").find("," + word + ",") != std::string::npos;
}

/// Where a hierarchy is mounted, from /proc/self/mountinfo (proc(5)); empty when it is not.
fs::path mount_of(bool v2) {
    std::istringstream lines(content_of("/proc/self/mountinfo"));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string skipped;
        std::string point;
        words >> skipped >> skipped >> skipped >> skipped >> point;
        while (words >> skipped && skipped != "-") {
        }
        std::string type;
        std::string source;
        std::string options;
        words >> type >> source >> options;
        if (v2 ? type == "cgroup2" : type == "cgroup" && is_among(options, "cpuacct")) {
            return point;
        }
    }
    return {};
}

/// The group that this process is in, as a path in that hierarchy.
std::string own_name(bool v2) {
    std::istringstream lines(content_of("/proc/self/cgroup"));
    for (std::string line; std::getline(lines, line);) {
        auto const first = line.find(':');
        auto const second = line.find(':', first + 1);
        if (second == std::string::npos) {
            continue;
        }
        auto const controllers = line.substr(first + 1, second - first - 1);
        if (v2 ? controllers.empty() : is_among(controllers, "cpuacct")) {
            return line.substr(second + 1);
        }
    }
    return {};
}

/// Below this process's own group: that is ours to divide. Empty when it is not to be seen.
fs::path own_directory(bool v2) {
    auto const mount = mount_of(v2);
    auto const name = own_name(v2);
    if (mount.empty() || name.empty()) {
        return {};
    }
    auto const directory = mount / fs::path(name).relative_path();
    std::error_code hidden;
    return fs::exists(directory, hidden) ? directory : mount;
}

std::string usage_file(bool v2) {
    return v2 ? "cpu.stat" : "cpuacct.usage";
}

void kill_members(fs::path const& group) {
    std::istringstream members(content_of(group / "cgroup.procs"));
    for (pid_t pid = 0; members >> pid;) {
        if (pid > 1) {
            ::kill(pid, SIGKILL);
        }
    }
}

} // namespace

std::optional<control_group> control_group::make(std::string const& name) {
    for (bool const v2 : {true, false}) {
        auto const parent = own_directory(v2);
        if (parent.empty()) {
            continue;
        }
        auto const path = parent / ("trafikito-bench-" + std::to_string(::getpid()) + "-" + name);
        std::error_code refused;
        fs::create_directory(path, refused);
        if (refused) {
            continue;
        }
        control_group made(path, v2);
        if (::access(made.procs().c_str(), W_OK) == 0 &&
            !content_of(path / usage_file(v2)).empty()) {
            return made;
        }
    }
    return {};
}

control_group::~control_group() {
    if (path_.empty()) {
        return;
    }
    // Whoever was killed needs a moment to be gone; a destructor does not wait for ever.
    for (int i = 0; i < 200 && !remove(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

bool control_group::remove() const {
    std::error_code error;
    for (auto const& entry : fs::directory_iterator(path_, error)) {
        if (entry.is_directory(error)) {
            kill_members(entry.path());
            ::rmdir(entry.path().c_str());
        }
    }
    kill_members(path_);
    return ::rmdir(path_.c_str()) == 0;
}

std::chrono::microseconds control_group::usage() const {
    auto const text = content_of(path_ / usage_file(v2_));
    if (!v2_) {
        return std::chrono::microseconds(std::stoll(text) / 1000);
    }
    std::istringstream words(text);
    std::string name;
    long long value = 0;
    while (words >> name >> value) {
        if (name == "usage_usec") {
            return std::chrono::microseconds(value);
        }
    }
    return {};
}

std::string control_group::describe() const {
    return v2_ ? "cgroup v2, cpu.stat" : "cgroup v1, cpuacct.usage";
}

} // namespace trafikito::test::bench
