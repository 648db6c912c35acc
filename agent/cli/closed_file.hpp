#pragma once
// Why this process, with the rights that it has now, may not do with a file what somebody else may:
// which folder or file is closed, and whose it is. Used by `test`.

#include <filesystem>
#include <string>

namespace trafikito::agent::cli {

/// `trafikito may not read /etc/shadow (root:shadow, mode 0640)`, `… may not enter /root (…), where
/// /root/check is`. `mode`: R_OK or X_OK. Empty where it may, or nothing is there, or the reason is
/// another one.
std::string why_closed(std::filesystem::path const& file, int mode);

} // namespace trafikito::agent::cli
