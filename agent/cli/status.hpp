#pragma once
// The subcommands that look at a running daemon from outside: they read var/trafikito.status, talk
// to nobody and change nothing.

#include <chrono>
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

namespace trafikito::agent::cli {

/// What the daemon of that var_dir is doing, for people or as one line of JSON. 0: it runs, 3: not.
int print_status(std::filesystem::path const& var_dir, bool json, std::ostream& out);

/// The same for people, as lines without their newlines, for who shows them again and again.
std::vector<std::string> status_page(std::filesystem::path const& var_dir);

/// One line. 0: it runs and a cycle ended well within three of its intervals; 1: not, and why.
int print_health(std::filesystem::path const& var_dir, std::ostream& out);

/// The same of an agent that is not enrolled yet (first_start.hpp), for that reason.
int print_status_without(std::string const& reason, bool json, std::ostream& out);
int print_health_without(std::string const& reason, std::ostream& out);

} // namespace trafikito::agent::cli
