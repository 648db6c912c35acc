#pragma once
// How a new machine finds this server and knows that it is it: its address, its key, who vouches
// for it. serve works it out and leaves it in DIR/serving, where enroll-command
// and password read it.

#include "server/cli/commands.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::cli {

struct way_here {
    std::string url;                ///< `https://HOST:PORT`
    std::string pin;                ///< `sha256/BASE64`, of the certificate that is shown there
    bool believed = false;          ///< a public authority vouches for it: no pin is needed
    std::vector<std::string> names; ///< that the certificate is for
    std::string fault;              ///< what will not work, and what to do; usually empty
    std::string authority;          ///< PEM, for agents; empty: the one that their system knows
    /// A PostgreSQL in which it keeps all, or hidden_database; empty: none.
    std::string database;
    bool agent_files = false; ///< there is an install.sh to be had
    bool page = false;        ///< it has a page for people
    std::string fingerprint;  ///< of that certificate, as browsers show it; empty: not known

    friend bool operator==(way_here const&, way_here const&) = default;
};

/// In place of an address that holds a password.
inline constexpr char const* hidden_database = "hidden";

/// `certificate` is what is shown there, with its chain; `authority` what signed it, when that is
/// ours. Both are PEM.
way_here find_way_here(serve_options const& options, unsigned short port,
                       std::string_view certificate, std::string_view authority);

/// DIR/serving.
std::filesystem::path serving_file(std::filesystem::path const& directory);
/// Without the authority, which nobody asks for there.
std::string to_text(way_here const& way);
/// Nothing when it is not whole, or holds what could break out of a command line.
std::optional<way_here> way_in(std::string_view text);

/// Of the server that runs on that directory. Throws std::runtime_error when there is none, or it
/// has not said.
way_here way_of_server(std::filesystem::path const& data);

} // namespace trafikito::server::cli
