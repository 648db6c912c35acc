#pragma once
// What trafikito-server does for each of its subcommands, and what it was told on the command line.
// main calls one of them. They return the exit status (0 ok, 1 failed) and throw std::exception for
// main to report with status 1.

#include "base/output.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::server::cli {

struct serve_options {
    std::filesystem::path data;
    std::string address = "127.0.0.1";
    unsigned short port = 8443;
    std::vector<std::string> host_names;
    std::chrono::seconds min_interval{60};
    std::chrono::seconds keep{std::chrono::hours(24 * 7)};
    std::optional<std::filesystem::path> port_file;
    std::optional<std::filesystem::path> certificate; ///< one's own, together with key
    std::optional<std::filesystem::path> key;
};

struct servers_options {
    std::filesystem::path data;
    bool json = false;
};

struct add_server_options {
    std::filesystem::path data;
    std::string name;
    std::optional<std::string> server_id;
    std::optional<std::string> api_key_file; ///< `-`: standard input
};

struct outputs_options {
    std::filesystem::path data;
    std::optional<std::string> server;  ///< id or name
    std::optional<std::string> command; ///< with or without prefix
    std::int64_t last = 1;              ///< reports of each server
    bool follow = false;
    std::optional<std::size_t> head; ///< lines of each command
    bool json = false;
    bool raw = false; ///< byte for byte also to a terminal
};

struct order_options {
    std::filesystem::path data;
    std::string server;             ///< id or name
    std::vector<std::string> names; ///< with prefix, valid
    bool all = false;
    bool none = false;
    std::optional<std::chrono::seconds> delay;
};

int run(serve_options const& options, base::console& to);
int run(servers_options const& options, base::console& to);
int run(add_server_options const& options, base::console& to);
int run(outputs_options const& options, base::console& to);
int run(order_options const& options, base::console& to);

} // namespace trafikito::server::cli
