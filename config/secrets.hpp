#pragma once
// What of a configuration must never be shown, wherever it stands in it: for the redactor at the
// doors of the program (base/redactor.hpp). Taken from what was written, so that it is known also
// where the configuration cannot be used, or the environment beats what stands in a file.

#include "base/secret.hpp"
#include "config/build_settings.hpp"

#include <string_view>
#include <vector>

namespace trafikito::config {

/// The API key; user and password of the proxy; the queries of addresses, and what in them and in
/// their paths looks like a key; values of command_env that look like one; and what looks like
/// a key (odd_text.hpp) in the place of another value, under a name that is none, or as a name.
std::vector<base::secret> secrets_in(settings_sources const& sources);

/// Whether the key stands where server_id belongs: it looks like one, and api_key does not.
bool holds_key_as_server_id(settings_sources const& sources);

/// Whether the value of a variable or of a parameter is taken for a secret: one of four characters
/// under a name that says so (`PGPASSWORD`, `access_token`), else one of eight or more that is no
/// path and no single word. `1`, `C` and `postgres` are not: a log without them says nothing.
bool looks_secret(std::string_view name, std::string_view value);

} // namespace trafikito::config
