#pragma once
// One enrolled machine: a base directory, an agent to run on it, who runs it, and a control group
// of its own, as a service has: whoever shares one meets the groups of others' commands.

#include "test/bench/control_group.hpp"
#include "test/bench/process.hpp"
#include "test/bench/receiver.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::test::bench {

/// What is measured, and where it comes from.
struct programs {
    std::filesystem::path agent;
    std::filesystem::path server;
    std::filesystem::path floor;
    std::filesystem::path exec_bench;
    std::filesystem::path soak;
    std::filesystem::path allocation_counter; ///< to be preloaded
};

/// A running agent, or whatever says "report accepted" once a cycle.
struct cycling {
    process running;
    std::filesystem::path log;

    [[nodiscard]] std::size_t cycles() const { return count_in(log, "report accepted"); }

    /// Waits until so many are over since it was started; throws when it ends before.
    void wait_for_cycles(std::size_t number);
};

class installation {
public:
    /// Enrols it below `base`, with a server that is reached at `port` of 127.0.0.1. Its files are
    /// those of `user`; empty: ours.
    installation(programs const& with, receiver const& at, std::filesystem::path base,
                 std::string user = {}, std::uint16_t port = 0);

    [[nodiscard]] std::string const& name() const { return name_; }
    [[nodiscard]] std::filesystem::path const& base() const { return base_; }
    [[nodiscard]] std::filesystem::path config() const { return base_ / "etc/trafikito.cfg"; }

    /// The value of a line `key = value` of its configuration.
    [[nodiscard]] std::string configured(std::string const& key) const;

    /// Its command list, and all of it is ordered.
    void offer(std::string const& list) const;

    /// How the agent is started with one cycle a second; `in_front` are words that come before it.
    [[nodiscard]] start_options how(std::vector<std::string> const& in_front = {}) const;

    /// As `how`, which may have been changed.
    [[nodiscard]] cycling start(start_options how) const;
    [[nodiscard]] cycling start() const { return start(how()); }

private:
    programs with_;
    std::filesystem::path base_;
    std::string name_;
    std::string user_;
    std::optional<control_group> group_; ///< where one can be made
};

/// `trafikito_c0="echo 0"` and so on.
std::string echo_list(int count);

} // namespace trafikito::test::bench
