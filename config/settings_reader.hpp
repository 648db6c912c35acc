#pragma once
// Turns written values into typed ones: each checked against what the table of keys says, each
// mistake reported at its place. build_settings uses it; what belongs to more than one key is not
// its business.

#include "config/key.hpp"
#include "config/settings.hpp"
#include "config/written_values.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::config {

class settings_reader {
public:
    settings_reader(written_values const& written, std::vector<diagnostic>& diagnostics)
        : written_(written), diagnostics_(diagnostics) {}

    /// Each sets `to` when the key is set to something valid, and leaves it alone otherwise.
    void read(key_id id, std::chrono::milliseconds& to);
    void read(key_id id, std::optional<std::chrono::seconds>& to);
    void read(key_id id, std::uint64_t& to);
    void read(key_id id, bool& to);
    void read(key_id id, std::string& to);
    void read(key_id id, base::secret& to);
    void read(key_id id, std::vector<std::string>& to);
    void read(key_id id, api_version& to);
    void read(key_id id, log_level& to);
    void read(key_id id, log_format& to);
    /// A relative path starts at `base`.
    void read_path(key_id id, std::filesystem::path const& base, std::filesystem::path& to);

    [[nodiscard]] bool is_set(key_id id) const { return written_.find(id) != nullptr; }

    /// Reports something at the place where the key was written; at `otherwise` (a file) if
    /// nowhere.
    void complain(key_id id, diagnostic::severity level, std::string what, std::string hint,
                  std::filesystem::path const& otherwise);

private:
    void refuse(key_id id, std::string const& problem);
    /// The position of the value among the choices of the key.
    std::optional<std::size_t> read_choice(key_id id);
    [[nodiscard]] written_value const* usable(key_id id) const;

    written_values const& written_;
    std::vector<diagnostic>& diagnostics_;
};

/// Why a text cannot be a token of a header (server_id, api_key), without showing it; empty when it
/// can.
std::string token_problem(std::string_view text);

} // namespace trafikito::config
