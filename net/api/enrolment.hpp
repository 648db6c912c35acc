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

struct new_server {
    std::string workspace_id;
    base::secret user_api_key;
    std::string server_name;
    std::string tmp_file_path;
};

struct server_identity {
    std::string server_id;
    base::secret api_key;
    std::string notice; ///< what else the API said, in one line of plain text; usually empty
};

/// Step 1. Anything but an answer with both lines is the failure that the user is shown: its first
/// 300 characters, without control characters.
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
