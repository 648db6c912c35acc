#pragma once
// The page's files, as a browser asks for them: compressed where it takes that, kept as long as
// they do not change.

#include "server/people/router.hpp"

namespace trafikito::server::people {

/// `/` and all that it needs; one sentence in place of it, when this program was built without.
void add_page(router& to);

} // namespace trafikito::server::people
