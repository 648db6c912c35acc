#pragma once
// What a new machine downloads from here: install.sh, and the agent for each architecture. Read as
// a whole from a folder, looked at, and held in memory; the service answers from it. What is served
// here is run by root elsewhere: nothing that others may change is.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::api {

inline constexpr std::size_t max_agent_file = 32UL * 1024 * 1024;
inline constexpr std::size_t max_agent_files = 8;

/// What install.sh is told of this server: the lines between its marks `# BEGIN served` and
/// `# END served`.
struct served_values {
    std::string api_url;   ///< `https://HOST:PORT`
    std::string pin;       ///< `sha256/BASE64`; empty: a public authority vouches for the server
    std::string authority; ///< certificates as PEM; empty: those of the machine do
    std::vector<std::string> names; ///< that the server's certificate is for
};

struct agent_files {
    struct file {
        std::shared_ptr<std::string const> bytes;
        std::string_view content_type;
    };
    /// install.sh for who asks under that name (a Host header): a machine reports to the address
    /// from which it was installed, if the certificate is for that.
    [[nodiscard]] std::shared_ptr<std::string const> script_for(std::string_view host) const;

    std::map<std::string, file, std::less<>> by_path; ///< `/install.sh`, `/agent/NAME`
    // For other names.
    std::string script;
    served_values values;
    std::string list; ///< `SHA256  NAME` lines
};

/// install.sh and `trafikito-agent-VERSION-linux-ARCH.tar.gz`; of several versions for one
/// architecture the newest. Throws std::runtime_error that names the file, what is wrong with it
/// and what to do.
agent_files read_agent_files(std::filesystem::path const& folder, served_values const& values);

/// install.sh with the values between its marks. Throws std::runtime_error when it has no marks, or
/// a value could be anything else than a text between quotes. `files` are `SHA256  NAME` lines.
std::string with_served_values(std::string_view script, served_values const& values,
                               std::string_view files);

} // namespace trafikito::server::api
