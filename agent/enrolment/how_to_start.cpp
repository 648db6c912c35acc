#include "agent/enrolment/how_to_start.hpp"

#include "base/file.hpp"
#include "config/layout.hpp"

#include <array>
#include <string_view>
#include <system_error>

#include <unistd.h>

namespace trafikito::agent::enrolment {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_script = 64UL * 1024;

bool is_there(fs::path const& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

/// Whether a unit or a script is this installation's.
bool names(fs::path const& file, fs::path const& config_file) {
    auto const text = base::read_file(file, max_script);
    return text.content && text.content->find(config_file.string()) != std::string::npos;
}

/// The unit's name; empty where there is none, or systemd does not run.
std::string unit_of(fs::path const& config_file, fs::path const& root) {
    if (!is_there(root / "run/systemd/system")) {
        return {};
    }
    auto const packaged = fs::path(config::packaged_config_file).parent_path();
    bool const instance = config_file.parent_path().parent_path() == packaged;
    for (auto const* const folder :
         {"etc/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"}) {
        if (instance && is_there(root / folder / "trafikito-agent@.service")) {
            return "trafikito-agent@" + config_file.parent_path().filename().string();
        }
        if (names(root / folder / "trafikito-agent.service", config_file)) {
            return "trafikito-agent";
        }
    }
    return {};
}

} // namespace

std::string how_to_start(fs::path const& config_file, fs::path const& base_dir,
                         fs::path const& root) {
    if (auto const unit = unit_of(config_file, root); !unit.empty()) {
        return "systemctl enable --now " + unit;
    }
    auto const controller = base_dir / "trafikito";
    if (is_there(root / controller.relative_path())) {
        return controller.string() + " start";
    }
    if (names(root / "etc/init.d/trafikito-agent", config_file)) {
        return "/etc/init.d/trafikito-agent start";
    }
    return program_of(base_dir, root) + " --config " + config_file.string();
}

std::string program_of(fs::path const& base_dir, fs::path const& root) {
    auto const program = base_dir / "lib/trafikito-agent";
    return is_there(root / program.relative_path()) ? program.string() : "trafikito-agent";
}

} // namespace trafikito::agent::enrolment
