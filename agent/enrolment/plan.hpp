#pragma once
// What an enrolment is asked to do, from a command line or from a container's environment, and how
// it can fail. The other files of this room work by it.

#include "agent/enrolment/spelling.hpp"
#include "base/secret.hpp"
#include "exec/user.hpp"
#include "net/http/client.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace trafikito::agent::enrolment {

struct plan {
    std::string api_url;
    std::string workspace_id;
    std::string server_name;
    base::secret key; ///< an enrolment token, or the key of a person; it is not kept
    net::http::client_settings connection; ///< all but ca_file and pin hold for the enrolment alone

    std::filesystem::path base_dir;
    std::filesystem::path config_file;
    std::filesystem::path api_key_file; ///< empty: the key stands in config_file
    std::filesystem::path available_commands;
    std::filesystem::path var_dir;
    std::filesystem::path ca_copy;  ///< where certificates are kept for the agent; empty: it reads
                                    ///< them where connection.ca_file does
    std::string certificates;       ///< of ca_copy
    std::string run_as;             ///< for the configuration; empty: it says nothing of it
    std::optional<exec::user> user; ///< who runs the commands, now and later; nothing: who we are
    bool anew = false; ///< an installation that is there is put aside, once the new one is made
    bool strict_modes = true; ///< nothing is written where others could change it
    spelling called;          ///< in what is said of a failure
};

/// Ends an enrolment.
struct refusal {
    enum class reason : std::uint8_t {
        request, ///< it cannot be meant: an installation is there already, a value is wrong
        api,     ///< the API said no, and will say so again
        away,    ///< no answer of the API: there may be one later
        disk     ///< a file or folder cannot be made
    };

    std::string what; ///< for the user: what happened and what to do
    reason why = reason::request;
    std::chrono::seconds retry_after{0}; ///< as the API asked for; 0: it did not
};

/// The token or key in a file, or on standard input for `-`, without white space behind it. Throws
/// a refusal.
base::secret read_key(std::filesystem::path const& file);

/// A line for the user.
using tell = std::function<void(std::string const&)>;

} // namespace trafikito::agent::enrolment
