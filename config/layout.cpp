#include "config/layout.hpp"

#include "config/key.hpp"

namespace trafikito::config {

layout layout_of(std::filesystem::path const& config_file) {
    auto const folder = config_file.parent_path();
    auto const packaged = std::filesystem::path(packaged_config_file).parent_path();
    bool const is_instance = folder.parent_path() == packaged && folder.filename() != "etc";
    if (folder != packaged && !is_instance) {
        return layout_below(folder.filename() == "etc" ? folder.parent_path() : folder);
    }
    std::filesystem::path written = "/var/lib/trafikito";
    if (is_instance) { // beside it, since each may be another user's
        written += "." + folder.filename().string();
    }
    return {folder, folder / describe(key_id::available_commands).default_value, written};
}

layout layout_below(std::filesystem::path const& base_dir) {
    return {base_dir, base_dir / describe(key_id::available_commands).default_value,
            base_dir / describe(key_id::var_dir).default_value};
}

std::filesystem::path usual_tmp_file(std::filesystem::path const& var_dir) {
    return var_dir / "trafikito.tmp";
}

} // namespace trafikito::config
