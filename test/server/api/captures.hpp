#pragma once
// The shell agents' own requests (captures/*.http), as a request for the API and as bytes for a
// socket.

#include "server/http/message.hpp"

#include <string>
#include <vector>

namespace trafikito::test {

inline std::vector<std::string> const capture_names{"v1-agent-get",
                                                    "v1-agent-output",
                                                    "v2-agent-error_feedback",
                                                    "v2-agent-get_config-2",
                                                    "v2-agent-get_config",
                                                    "v2-agent-save_output",
                                                    "v2-ping",
                                                    "v2-widget-get-command",
                                                    "v2-widget-install"};

/// `name` without `.http`. The newline with which the recorder ended the file is no part of the
/// body.
server::http::request read_capture(std::string const& name);

/// With CRLF after each header and a Content-Length that is true of the body (the captures' lengths
/// were neutralised); without one where the shell agent sent none.
std::string wire_form(server::http::request const& capture);

} // namespace trafikito::test
