#pragma once
// Where the files of an installation are, as the place of its configuration file tells
// (doc/protocol.md, "Files of an installation"). Opens no file.

#include <filesystem>
#include <string_view>

namespace trafikito::config {

struct layout {
    std::filesystem::path base_dir; ///< other paths start there
    std::filesystem::path available_commands;
    std::filesystem::path var_dir;

    friend bool operator==(layout const&, layout const&) = default;
};

/// `/opt/trafikito/etc/trafikito.cfg` is of the installation `/opt/trafikito`, a file in a folder
/// not called `etc` of that folder. What packages install is below `/etc/trafikito`, and writes
/// below `/var/lib/trafikito`; `/etc/trafikito/NAME/trafikito.cfg` below `/var/lib/trafikito.NAME`.
layout layout_of(std::filesystem::path const& config_file);

/// That of the installation in `base_dir`, of whatever shape its configuration's place is.
layout layout_below(std::filesystem::path const& base_dir);

/// Where a report is gathered when tmp_file says nothing else.
std::filesystem::path usual_tmp_file(std::filesystem::path const& var_dir);

/// Where a configuration file is looked for when none is named: that of an installer, and that of
/// a package.
inline constexpr std::string_view installed_config_file = "/opt/trafikito/etc/trafikito.cfg";
inline constexpr std::string_view packaged_config_file = "/etc/trafikito/trafikito.cfg";

} // namespace trafikito::config
