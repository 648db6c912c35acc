#pragma once
// Which machine this is and as which server it asks: what tells a copy of an installation (a cloned
// disk, an image) from the machine that it was copied from. The daemon looks at it once, the state
// keeps it. No number of the machine leaves this file as it stands, but for the boot id, which goes
// to a server of ours alone (doc/protocol.md, "Ours alone").

#include "config/settings.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace trafikito::agent::persistence {

/// Names the machine: 32 hexadecimal digits made of its machine-id (machine-id(5); D-Bus's where
/// there is none) by HMAC-SHA256 as machine-id(5) wants it, so that nobody learns the id itself.
/// Empty where there is no machine-id, as in most containers, or none yet. `root`: for tests.
std::string machine_fingerprint(std::filesystem::path const& root = "/");

/// The kernel's random id of this boot, a UUID in lower case (random(4)); empty where it cannot be
/// read. Containers of one machine share it.
std::string boot_id(std::filesystem::path const& root = "/");

/// Which server this is, and to whom, as text: it may hold what an address holds.
std::string identity_of(config::settings const& settings);

/// 32 hexadecimal digits that name the identity and give nothing of it away.
std::string identity_fingerprint(config::settings const& settings);

} // namespace trafikito::agent::persistence
