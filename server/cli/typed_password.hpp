#pragma once
// A password from standard input: typed twice without being seen where that is a terminal, else its
// first line. `password` uses it.

#include "base/output.hpp"
#include "server/security/wiped_text.hpp"

#include <string>

namespace trafikito::server::cli {

/// `whose`, harmless, stands in what is asked on `ask`. Throws std::runtime_error, in words for the
/// user, when there is none, it is no good, or the two differ.
security::wiped_text read_new_password(std::string const& whose, base::output& ask);

} // namespace trafikito::server::cli
