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

    /// What gives the key another value when it is typed: `sed -i '4s|=.*|= VALUE|' FILE`. In words
    /// where a variable of the environment holds it, or no line.
    [[nodiscard]] std::string changing_command(config::key_id key, std::string const& value) const;

private:
    struct place {
        std::string file;
        std::size_t line = 0;
        std::size_t column = 0;
        config::source_excerpt source;
        bool exported = false; ///< `export KEY=value`, as a shell reads it
    };
    void read(std::filesystem::path const& file);
    [[nodiscard]] place const* find(config::key_id key) const;

    std::vector<std::pair<config::key_id, place>> known_; ///< the last of a key holds
};

} // namespace trafikito::agent::inspection
