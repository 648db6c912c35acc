#pragma once
// What `trafikito-agent enroll` asks, once in the life of an installation (doc/protocol.md,
// "Enrolment"): a server of its own, then the list of commands to begin with. Writes no files.

#include "base/secret.hpp"
#include "net/api/client.hpp"
#include "net/http/client.hpp"
#include "net/link/endpoint.hpp"
#include "net/link/failure.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace trafikito::net::api {

/// Whether that key is an enrolment token of a server of ours (`enroll-` and 64 hexadecimal
/// digits): it can do nothing but enrol, ends after a time, and makes so many servers.
bool is_enrolment_token(base::secret const& user_api_key);

struct new_server {
    std::string workspace_id;
    base::secret user_api_key;
    std::string server_name;
    std::string tmp_file_path;
    /// Made once for this machine: who asks again by it, with the same token, is given the same
    /// server. Not empty with a token alone: no other API knows that header.
    base::secret nonce = {};
};

struct server_identity {
    std::string server_id;
    base::secret api_key;
    std::string notice; ///< what else the API said, in one line of plain text; usually empty
};

/// Step 1. Anything but an answer with both lines is the failure that the user is shown: its first
/// 300 characters, without control characters. Identities are made of letters, digits and
/// `-._~+/=:`: they go into files that shells may read.
boost::asio::awaitable<link::result<server_identity>>
create_server(http::client& client, link::endpoint base, new_server what);

struct first_outputs {
    std::string workspace_id;
    base::secret user_api_key;
    std::string server_id;
    os_names os;
    http::body outputs; ///< a report whose markers carry the command lines
};

/// Step 2. The content of available_commands.sh, at most 1 MiB; an answer that is an API error,
/// empty, or holds no line that begins with `trafikito_` is a failure.
boost::asio::awaitable<link::result<std::string>>
fetch_available_commands(http::client& client, link::endpoint base, first_outputs what);

} // namespace trafikito::net::api
