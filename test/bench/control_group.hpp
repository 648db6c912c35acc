#pragma once
// What a process and all that it started used of the processor, however short it lived and whoever
// its parent was by then: a control group's own accounting. cgroup v2 (cpu.stat) or v1's cpuacct,
// whichever this process may make a group in.

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace trafikito::test::bench {

class control_group {
public:
    /// Makes the group; nothing where none can be made (who is not root, as a rule).
    static std::optional<control_group> make(std::string const& name);

    /// Kills whoever is still in there, and removes it.
    ~control_group();
    control_group(control_group&& other) noexcept : path_(std::move(other.path_)), v2_(other.v2_) {
        other.path_.clear();
    }
    control_group& operator=(control_group&&) = delete;

    /// Whoever writes 0 into it is in.
    [[nodiscard]] std::filesystem::path procs() const { return path_ / "cgroup.procs"; }

    /// Since it was made, of all that are or were in it and below it.
    [[nodiscard]] std::chrono::microseconds usage() const;

    /// For the report: where the figures come from.
    [[nodiscard]] std::string describe() const;

private:
    control_group(std::filesystem::path path, bool v2) : path_(std::move(path)), v2_(v2) {}
    [[nodiscard]] bool remove() const;

    std::filesystem::path path_;
    bool v2_;
};

} // namespace trafikito::test::bench
