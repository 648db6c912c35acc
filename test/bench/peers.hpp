#pragma once
// How each of the other agents is run for the bench: in the foreground, from files of its own, on a
// port of loopback of its own, and asked for the same ten commands once a second.

#include "test/bench/process.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace trafikito::test::bench {

struct workbench;

struct peer_program {
    std::string id;
    std::string name;
    std::string note; ///< what it does for the same work
    start_options how;
    /// Whether it can be asked now.
    std::function<bool()> ready;
    /// Its own kind of client asks for all ten, and throws when it is not told. Empty: it comes by
    /// itself, once a second.
    std::function<void()> ask;
};

// `folder` is new, and everybody may look into it. They throw with the reason when they cannot be
// run here.
peer_program nrpe(std::filesystem::path const& folder);
peer_program zabbix_agentd(std::filesystem::path const& folder);
peer_program zabbix_agent2(std::filesystem::path const& folder);
peer_program collectd(std::filesystem::path const& folder);
peer_program monit(std::filesystem::path const& folder);
peer_program shell_loop(std::filesystem::path const& folder, workbench const& bench);

/// The installed program; throws when it is not.
std::string must_be_installed(std::string const& program);

/// A port of 127.0.0.1 that is nobody's for the moment, and whether somebody listens there.
int free_port();
bool listens(int port);

void write_file(std::filesystem::path const& file, std::string const& text, unsigned mode = 0644);

} // namespace trafikito::test::bench
