#pragma once
// What the certificates of the settings say of themselves: that they are over, or soon will be, or
// vouch for nobody. Reads them with the eyes that are open now; speaks to nobody.

#include "agent/inspection/places.hpp"
#include "base/time_text.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <vector>

namespace trafikito::agent::inspection {

/// Before that a new one should be there.
inline constexpr std::chrono::hours time_to_renew{std::chrono::hours(24) * 14};

/// Of ca_file and client_cert, where they can be read. `now` is what this machine's clock says.
std::vector<config::diagnostic> inspect_certificates(config::settings const& settings,
                                                     places const& written, base::moment now);

} // namespace trafikito::agent::inspection
