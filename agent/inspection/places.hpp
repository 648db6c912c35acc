#pragma once
// Where a setting was written, so that what is wrong with the machine is said at the line that asks
// for it. The parts of an inspection use it.

#include "config/diagnostic.hpp"
#include "config/key.hpp"
#include "config/settings.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace trafikito::agent::inspection {

using level = config::diagnostic::severity;

class places {
public:
    /// Reads the files of the settings once more: they may have changed meanwhile, and then a line
    /// is not found.
    places(config::settings const& settings, std::vector<std::string> const& environment);

    /// A message about the value of that key: at its line, at its variable of the environment, or
    /// where no line says it, about `otherwise` as a whole.
    [[nodiscard]] config::diagnostic at(config::key_id key, level as,
                                        std::filesystem::path const& otherwise, std::string what,
                                        std::string hint) const;

    /// Where a mend would be written: `ca_file = … in FILE`.
    [[nodiscard]] std::string file_of(config::key_id key) const;

private:
    struct place {
        std::string file;
        std::size_t line = 0;
        std::size_t column = 0;
        config::source_excerpt source;
    };
    void read(std::filesystem::path const& file);

    std::vector<std::pair<config::key_id, place>> known_; ///< the last of a key holds
    std::string main_file_;
};

/// As a shell takes it for one word.
std::string typed(std::string const& text);

} // namespace trafikito::agent::inspection
