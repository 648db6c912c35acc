#include "agent/cli/check.hpp"

#include "agent/cli/exit_code.hpp"
#include "agent/inspection/inspection.hpp"
#include "base/printable.hpp"
#include "base/terminal.hpp"
#include "base/units.hpp"
#include "config/diagnostic_json.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace trafikito::agent::cli {

namespace json = boost::json;

namespace {

using config::diagnostic;
using level = config::diagnostic::severity;

std::string describe_api(config::settings const& settings) {
    if (settings.version == config::api_version::v1) {
        // Without its query, which may hold a key.
        return "API v1 at " + settings.url_get_config.substr(0, settings.url_get_config.find('?'));
    }
    return "API v2 at " + settings.api_url.front() +
           (settings.api_url.size() > 1
                ? " and " + base::count_of(settings.api_url.size() - 1, "other")
                : "");
}

/// Where it comes from, when no file of the installation says so.
std::string describe_key(config::settings const& settings) {
    return settings.api_key_file_of_environment
               ? " with the key in " + settings.api_key_file.string()
               : "";
}

// --- as text -------------------------------------------------------------------------------------

/// As diagnostic::format() has it, with what the eye looks for standing out.
void print(diagnostic const& one, base::output& out) {
    bool const error = one.level == level::error;
    auto const style = error ? base::style::error : base::style::warning;
    std::string_view const word = error ? "error:" : "warning:";
    auto const text = one.format();
    auto const first_line = std::string_view(text).substr(0, text.find('\n'));
    auto const at = first_line.find(std::string(": ") + std::string(word));
    auto rest = std::string_view(text);
    if (at != std::string_view::npos) {
        out.put(base::style::strong, rest.substr(0, at + 1)) << ' ';
        out.put(style, word);
        rest.remove_prefix(at + 2 + word.size());
    }
    auto const caret = rest.rfind('^');
    bool const drawn = one.source.caret != 0 && !one.source.text.empty() &&
                       caret != std::string_view::npos && rest.substr(0, caret).ends_with(' ');
    if (!drawn) {
        out << rest << '\n';
        return;
    }
    // The hint may hold one, too: the last line of what is drawn is the one with nothing behind it.
    auto const end = rest.find("^\n");
    auto const place = end == std::string_view::npos ? caret : end;
    out << rest.substr(0, place);
    out.put(style, "^") << rest.substr(place + 1) << '\n';
}

std::string in_words(inspection::inspection const& seen) {
    return base::count_of(seen.count(level::error), "error") + ", " +
           base::count_of(seen.count(level::warning), "warning");
}

void print_summary(check_request const& what, config::loaded_settings const& loaded,
                   inspection::inspection const& seen, base::output& out) {
    out << what.config.file.string();
    if (!what.config.found_by.empty()) {
        out << " (" << what.config.found_by << ")";
    }
    out << ": ";
    if (loaded.settings) {
        auto const& settings = *loaded.settings;
        out << "server " << settings.who.server_id << ", " << describe_api(settings)
            << describe_key(settings) << ", " << base::count_of(seen.commands, "command")
            << " to run at most, every " << base::in_seconds(settings.interval) << ": ";
    }
    out << in_words(seen) << '\n';
}

// --- as JSON -------------------------------------------------------------------------------------

json::object summary_of(check_request const& what, config::loaded_settings const& loaded,
                        inspection::inspection const& seen) {
    json::object summary{{"config", what.config.file.string()},
                         {"foundBy", what.config.found_by},
                         {"serverId", nullptr},
                         {"api", nullptr},
                         {"commands", nullptr},
                         {"intervalMs", nullptr}};
    if (loaded.settings) {
        summary["serverId"] = loaded.settings->who.server_id;
        summary["api"] = describe_api(*loaded.settings);
        summary["commands"] = seen.commands;
        summary["intervalMs"] = loaded.settings->interval.count();
    }
    summary["errors"] = seen.count(level::error);
    summary["warnings"] = seen.count(level::warning);
    summary["ok"] = seen.count(level::error) == 0;
    return summary;
}

void print_json(check_request const& what, config::loaded_settings const& loaded,
                inspection::inspection const& seen, base::output& out) {
    json::array findings;
    for (auto const& one : seen.found) {
        findings.emplace_back(config::as_json(one));
    }
    json::object const all{{"findings", std::move(findings)},
                           {"summary", summary_of(what, loaded, seen)}};
    out << base::for_json(json::serialize(all)) << '\n';
}

} // namespace

int check(check_request const& what, std::vector<std::string> const& environment,
          base::console& to) {
    auto const loaded = config::load_settings(what.config.file, environment);
    to.hidden.add(loaded.secrets);
    auto seen = inspection::inspect(loaded, environment);
    if (what.strict) {
        for (auto& one : seen.found) {
            one.level = level::error;
        }
    }
    if (what.as_json) {
        print_json(what, loaded, seen, to.out);
    } else {
        to.out.use_colour(base::terminal_of(STDOUT_FILENO).colour);
        for (auto const& one : seen.found) {
            print(one, to.out);
        }
        print_summary(what, loaded, seen, to.out);
    }
    return seen.count(level::error) == 0 ? exit_code::ok : exit_code::wrong;
}

} // namespace trafikito::agent::cli
