#pragma once
// Whether an address may be spoken to (doc/protocol.md, "Requests and answers"): https:// anywhere,
// http:// only towards this machine, no password in it. A check of the text, so that a mistake is
// found where it was written; net/ holds the rule again.

#include "config/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

/// A whole address as v1 has it: scheme, host, optional port, path and query; no fragment. The
/// value is the text as it stands. The problem never shows an address with an `@`.
parsed<std::string> parse_url(std::string_view text);

/// v2 base addresses, comma-separated, blanks around them allowed, at most 16: as above, without a
/// query; slashes at the end are removed.
parsed<std::vector<std::string>> parse_url_list(std::string_view text);

/// `http[s]://[user:password@]host:port[/]`, or `none`, which gives an empty value. The problem
/// never shows it.
parsed<std::string> parse_proxy(std::string_view text);

/// localhost, 127.0.0.0/8 in dotted form, [::1]. `host` as it stands in an address, with its
/// brackets.
bool is_loopback_host(std::string_view host);

} // namespace trafikito::config
