#pragma once
// Sources of settings as a test writes them, and what became of them. For the tests of
// build_settings.

#include "config/build_settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trafikito::test {

inline constexpr std::string_view identity_lines = "server_id = 8a1d\napi_key = 3f0c\n";

struct sources_of {
    std::string cfg = std::string(identity_lines);
    std::string app{};
    std::vector<std::string> environment{};
    std::string file = "/opt/trafikito/etc/trafikito.cfg";

    [[nodiscard]] config::settings_sources parse() const {
        config::settings_sources sources;
        sources.config_file = file;
        sources.fixed = config::parse_assignments(cfg, file);
        sources.dynamic = config::parse_assignments(
            app, (sources.config_file.parent_path() / "trafikito.app").string());
        sources.environment = environment;
        return sources;
    }

    [[nodiscard]] config::built_settings build() const { return build_settings(parse()); }
};

/// Lines behind an identity.
inline config::built_settings with(std::string const& lines,
                                   std::vector<std::string> environment = {}) {
    return sources_of{.cfg = std::string(identity_lines) + lines,
                      .app = {},
                      .environment = std::move(environment)}
        .build();
}

inline std::string all_of(std::vector<config::diagnostic> const& diagnostics) {
    std::string result;
    for (auto const& one : diagnostics) {
        result += one.format() + '\n';
    }
    return result;
}

} // namespace trafikito::test
