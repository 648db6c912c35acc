#include "agent/enrolment/config_text.hpp"

#include "base/printable.hpp"
#include "config/build_settings.hpp"
#include "config/layout.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace trafikito::agent::enrolment {

namespace {

using values = std::vector<std::pair<std::string, std::string>>;

values values_of(plan const& what, net::api::server_identity const& identity) {
    values all{{"server_id", identity.server_id}};
    auto const add = [&](std::string const& key, std::string const& value) {
        if (!value.empty()) {
            all.emplace_back(key, value);
        }
    };
    add(what.api_key_file.empty() ? "api_key" : "api_key_file",
        what.api_key_file.empty() ? identity.api_key.reveal() : what.api_key_file.string());
    add("workspace_id", what.workspace_id);
    add("api_url", what.api_url);
    add("tmp_file", config::usual_tmp_file(what.var_dir).string());
    add("ca_file", what.ca_copy.empty() ? what.connection.ca_file : what.ca_copy.string());
    add("pin", what.connection.pin);
    add("run_as", what.run_as);
    return all;
}

[[noreturn]] void refuse(plan const& what, std::string const& problem) {
    throw refusal{what.config_file.string() + " cannot be written like that: " + problem,
                  refusal::reason::request};
}

/// Whether the file says just that, and can be used.
void read_back(plan const& what, std::string const& text, values const& meant,
               base::secret const& key) {
    config::settings_sources sources;
    sources.config_file = what.config_file;
    sources.fixed = config::parse_assignments(text, what.config_file.string());
    sources.api_key_file_content = key.reveal();
    for (auto const& [name, value] : meant) {
        auto const is_this = [&](config::assignment const& one) {
            return one.key == name && one.value == value;
        };
        if (std::ranges::none_of(sources.fixed.list, is_this)) {
            refuse(what, name + " holds characters that no configuration can hold");
        }
    }
    if (sources.fixed.list.size() != meant.size()) {
        refuse(what, "a value holds a line end");
    }
    auto const built = config::build_settings(sources);
    for (auto const& one : built.diagnostics) {
        if (one.level == config::diagnostic::severity::error) {
            refuse(what, one.what);
        }
    }
}

} // namespace

std::string config_text(plan const& what, net::api::server_identity const& identity) {
    std::string text =
        "# The static configuration of the Trafikito agent, written when this machine was "
        "enrolled.\n# trafikito-agent --help-keys lists the keys.\n";
    auto const all = values_of(what, identity);
    for (auto const& [key, value] : all) {
        text += key;
        text += " = " + value + '\n';
    }
    read_back(what, text, all, identity.api_key);
    return text;
}

void check_values(plan const& what) {
    (void)config_text(what, {"server", base::secret("key"), {}});
}

} // namespace trafikito::agent::enrolment
