#pragma once
// For each key the one written value that holds, and where it was written: the environment beats
// trafikito.app, which beats trafikito.cfg. build_settings turns them into types; this knows
// nothing of types.

#include "config/build_settings.hpp"
#include "config/key.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

/// The later beats the earlier.
enum class layer : std::uint8_t { inherited, fixed, dynamic, environment };

struct written_value {
    std::string value;   ///< not empty, unless broken
    bool broken = false; ///< an error has been reported already
    layer from = layer::fixed;
    std::string file;     ///< or the name of the environment variable
    std::size_t line = 0; ///< 0 for the environment
    std::size_t column = 0;
};

class written_values {
public:
    /// Complains of unknown keys (warning) and of static ones in trafikito.app (error), and passes
    /// the diagnostics of both files on.
    written_values(settings_sources const& sources, std::vector<diagnostic>& diagnostics);

    /// nullptr when the key is not set anywhere, or empty.
    [[nodiscard]] written_value const* find(key_id id) const;

private:
    void add_file(assignments const& from, std::string const& file, layer as,
                  std::vector<diagnostic>& diagnostics);
    void add_environment(std::vector<std::string> const& environment,
                         std::vector<diagnostic>& diagnostics);
    void set(key_id id, written_value value);

    std::vector<std::optional<written_value>> values_; ///< one a key, in the order of key_id
};

/// trafikito.app beside the configuration file.
std::filesystem::path dynamic_file_of(std::filesystem::path const& config_file);

} // namespace trafikito::config
