#pragma once
// What `order` makes of the order that stands, of a server's list, and of the names that were
// given. Pure: it opens nothing and prints nothing.

#include "server/cli/commands.hpp"
#include "server/store/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace trafikito::server::cli {

/// What a server shall be asked to run; nothing: all that its list offers.
using wanted_names = std::optional<std::vector<std::string>>;

/// What the server offers; nothing is known before its first report, for what it was enrolled with
/// may have been edited since.
std::vector<std::string> known_list(store::server_row const& server);

/// The order after `options`. Throws std::runtime_error, in words for the user, where it would run
/// nothing although the server's list is known, where nothing would be added or taken away, and
/// where a name that is to be taken away is not there.
wanted_names changed_order(store::server_row const& server, order_options const& options);

/// ` (did you mean df_h or df_p?)`: the offered names nearest to `name`, mistyped or cut short;
/// empty where none is near.
std::string nearest_words(std::string const& name, std::vector<std::string> const& offered);

} // namespace trafikito::server::cli
