#include "agent/diagnosis/service_finder.hpp"

#include "agent/diagnosis/driver.hpp"
#include "base/ascii.hpp"
#include "base/file.hpp"
#include "config/layout.hpp"

#include <unistd.h>

#include <algorithm>
#include <vector>

namespace trafikito::agent::diagnosis {

namespace fs = std::filesystem;
using kind = service::kind;

namespace {

constexpr std::size_t max_file = 64UL * 1024;
constexpr std::string_view own_name = "trafikito-agent";

bool is_there(fs::path const& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

std::string text_of(fs::path const& file) {
    return base::read_file(file, max_file).content.value_or("");
}

/// `NAME` of /etc/trafikito/NAME/trafikito.cfg; else empty.
std::string instance_of(fs::path const& config_file) {
    auto const packaged = fs::path(config::packaged_config_file).parent_path();
    auto const folder = config_file.parent_path();
    return folder.parent_path() == packaged ? folder.filename().string() : std::string();
}

/// Not `…/trafikito.cfg.old`.
bool names_file(std::string_view text, std::string_view file) {
    for (auto at = text.find(file); at != std::string_view::npos; at = text.find(file, at + 1)) {
        auto const end = at + file.size();
        if (end == text.size() || base::is_space(text[end]) || text[end] == '"' ||
            text[end] == '\'') {
            return true;
        }
    }
    return false;
}

/// systemctl(1), mask.
bool is_mask(fs::path const& unit) {
    std::error_code ignored;
    return fs::read_symlink(unit, ignored) == "/dev/null";
}

std::string user_in(std::string_view unit) {
    base::line_reader lines(unit);
    std::string user;
    while (auto const line = lines.next()) {
        if (line->text.starts_with("User=")) {
            user = base::trim(line->text.substr(5));
        }
    }
    return user;
}

/// `user=NAME` of our script of System V, or the default of that of OpenRC.
std::string user_of_script(std::string_view script) {
    base::line_reader lines(script);
    while (auto const line = lines.next()) {
        auto const text = base::trim(line->text);
        if (text.starts_with("user=")) {
            return std::string(text.substr(5));
        }
        constexpr std::string_view before = "${TRAFIKITO_RUN_AS:-";
        if (auto const at = text.find(before); at != std::string_view::npos) {
            auto const rest = text.substr(at + before.size());
            return std::string(rest.substr(0, rest.find('}')));
        }
    }
    return {};
}

service find_unit(known const& so_far) {
    service found{.by = kind::systemd, .name = {}, .user = {}};
    auto const& config = so_far.asked.config_file.native();
    auto const instance = instance_of(so_far.asked.config_file);
    std::string masked;
    for (auto const* const folder :
         {"etc/systemd/system", "run/systemd/system", "usr/local/lib/systemd/system",
          "usr/lib/systemd/system", "lib/systemd/system"}) {
        auto const there = so_far.at_root(folder);
        if (auto const of_all = there / "trafikito-agent@.service";
            !instance.empty() && is_there(of_all)) {
            found.name = "trafikito-agent@" + instance + ".service";
            found.user = user_in(text_of(of_all));
            return found;
        }
        std::error_code failed;
        std::vector<fs::path> units;
        for (fs::directory_iterator at(there, failed); !failed && at != fs::directory_iterator();
             at.increment(failed)) {
            auto const name = at->path().filename().native();
            if (name.find("trafikito") != std::string::npos && name.ends_with(".service")) {
                units.push_back(at->path());
            }
        }
        std::ranges::sort(units);
        for (auto const& unit : units) {
            if (is_mask(unit)) {
                masked = unit.filename().string();
            }
            auto const text = text_of(unit);
            if (names_file(text, config) && text.find(own_name) != std::string::npos &&
                !is_unit_of_cycles(text)) {
                found.name = unit.filename().string();
                found.user = user_in(text);
                return found;
            }
        }
    }
    found.name = masked == "trafikito-agent.service" ? masked : std::string();
    return found;
}

/// Of OpenRC or System V: a script of ours, or a link to it that names an instance.
service find_script(known const& so_far, kind by) {
    service found{.by = by, .name = {}, .user = {}};
    auto const instance = instance_of(so_far.asked.config_file);
    auto const name = std::string(own_name) + (instance.empty() ? "" : "." + instance);
    auto const text = text_of(so_far.at_root("etc/init.d") / name);
    if (!text.empty() &&
        (!instance.empty() || names_file(text, so_far.asked.config_file.native()))) {
        found.name = name;
        found.user = user_of_script(text);
    }
    return found;
}

bool in_container(known const& so_far) {
    return is_there(so_far.at_root(".dockerenv")) ||
           is_there(so_far.at_root("run/.containerenv")) ||
           std::ranges::any_of(so_far.asked.environment, [](std::string_view one) {
               return one.starts_with("KUBERNETES_SERVICE_HOST=");
           });
}

} // namespace

service find_service(known const& so_far) {
    if (is_there(so_far.at_root("run/systemd/system"))) {
        return find_unit(so_far);
    }
    if (is_there(so_far.at_root("run/openrc"))) {
        return find_script(so_far, kind::openrc);
    }
    if (auto script = find_script(so_far, kind::sysv); !script.name.empty()) {
        return script;
    }
    return {.by = in_container(so_far) ? kind::container : kind::nothing, .name = {}, .user = {}};
}

} // namespace trafikito::agent::diagnosis
