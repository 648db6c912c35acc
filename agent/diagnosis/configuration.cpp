// Step 1: which configuration, and whether an agent starts with it.
#include "agent/diagnosis/steps.hpp"

#include "agent/diagnosis/checked.hpp"
#include "agent/diagnosis/enrol_anew.hpp"
#include "base/ascii.hpp"
#include "base/shell_quoting.hpp"
#include "base/units.hpp"
#include "config/layout.hpp"

#include <algorithm>
#include <array>

namespace trafikito::agent::diagnosis {

namespace {

using config::diagnostic;

/// What stands in an example and was to be replaced: `the-key-of-this-server`, `CHANGE_ME`.
bool is_placeholder(std::string_view value) {
    auto const text = base::lower(value);
    constexpr std::array<std::string_view, 12> marks{
        "the-id-of-", "the-key-of-", "change_me",   "changeme", "change-me",   "your_",
        "your-",      "yourkey",     "your server", "xxxx",     "placeholder", "todo"};
    return text.starts_with('<') || text == "..." || text == "…" ||
           std::ranges::any_of(marks, [&](auto mark) { return text.starts_with(mark); });
}

std::string how_to_enrol(known const& so_far) {
    return so_far.program() +
           " enroll --api-url URL --user-api-key-file FILE --workspace-id ID "
           "--config " +
           base::shell_quoted(so_far.asked.config_file.native());
}

/// A line whose key is none, and the key that was meant.
struct misspelt {
    std::string written;
    std::string meant;
    diagnostic const* at = nullptr;

    [[nodiscard]] std::string command() const {
        return "sed -i " +
               base::shell_quoted(std::to_string(at->line) + "s/" + written + "/" + meant + "/") +
               ' ' + base::shell_quoted(at->file);
    }
};

/// From the warning about it.
std::optional<misspelt> find_misspelt(diagnostic const& one) {
    constexpr std::string_view before = "unknown key \"";
    constexpr std::string_view question = "Did you mean ";
    if (!one.what.starts_with(before) || !one.hint.starts_with(question) || one.line == 0) {
        return std::nullopt;
    }
    auto const written = std::string_view(one.what).substr(before.size());
    auto const meant = std::string_view(one.hint).substr(question.size());
    return misspelt{std::string(written.substr(0, written.find('"'))),
                    std::string(meant.substr(0, meant.find('?'))), &one};
}

/// Keys without which the API is not reached, or another one.
bool leads_elsewhere(std::string_view key) {
    constexpr std::array<std::string_view, 14> keys{
        "server_id",  "api_key",  "api_key_file",       "api_url",    "url_get_config",
        "url_output", "ca_file",  "client_cert",        "client_key", "pin",
        "proxy",      "no_proxy", "available_commands", "var_dir"};
    return std::ranges::find(keys, key) != keys.end();
}

/// An error by which what is left is not what was meant.
bool is_about_addresses(diagnostic const& one) {
    auto const key = std::string_view(one.what).substr(0, one.what.find_first_of(" :"));
    return one.level == diagnostic::severity::error && leads_elsewhere(base::lower(key));
}

void note_warnings(std::vector<diagnostic> const& found, diagnostic const* error, step& result) {
    for (auto const& one : found) {
        if (one.level == diagnostic::severity::error) {
            continue;
        }
        result.details.push_back(one.in_one_line());
        result.at_least(verdict::note);
        auto const slip = find_misspelt(one);
        bool const missing =
            slip && error != nullptr && error->what.starts_with(slip->meant + " is missing");
        if (missing || (slip && error == nullptr && leads_elsewhere(slip->meant))) {
            result.add({.rank = missing ? rank::configuration : rank::trust,
                        .sentence = place_of(one) + ": " + slip->written +
                                    " is no key and has no effect, so that " + slip->meant +
                                    (missing ? " is missing and no agent starts" : " is not set"),
                        .advice = {},
                        .command = slip->command()});
        }
    }
}

void note_errors(known const& so_far, std::vector<diagnostic> const& found, step& result) {
    auto const is_error = [](auto const& one) { return one.level == diagnostic::severity::error; };
    auto const errors = static_cast<std::size_t>(std::ranges::count_if(found, is_error));
    auto const first = std::ranges::find_if(found, is_error);
    note_warnings(found, errors == 0 ? nullptr : &*first, result);
    if (errors == 0) {
        return;
    }
    result.text += ": " + base::count_of(errors, "error");
    auto why = cause_of(*first, rank::configuration);
    why.sentence = std::string(no_agent_starts) + " with this configuration: " + why.sentence;
    if (errors > 1) {
        why.advice += std::string(why.advice.empty() ? "" : "; ") + "that is the first of " +
                      base::count_of(errors, "error") + ", `" + so_far.typed("check") +
                      "` names all";
    }
    result.add(std::move(why));
}

void note_identity(known& so_far, step& result) {
    auto const& who = so_far.settings().who;
    auto const& file = so_far.asked.config_file;
    for (auto const& [key, value] :
         {std::pair{"server_id", who.server_id}, std::pair{"api_key", who.api_key.reveal()}}) {
        if (is_placeholder(value)) {
            result.add({.rank = rank::configuration,
                        .sentence = std::string(key) + " in " + file.string() +
                                    " is still that of the example: no API knows this machine",
                        .advice = "enrol this machine" + std::string(placeholders_in_words) +
                                  ", which puts that file aside",
                        .command = how_to_enrol_anew(so_far)});
            return;
        }
    }
    if (who.api_key.empty() && so_far.configuration_is_whole) {
        result.at_least(verdict::unseen);
        result.details.push_back(
            "the API key in " + so_far.settings().api_key_file.string() +
            " cannot be read by this user: what the API says to it is not asked");
    }
}

/// Whose environment counts, where there are two of them.
void note_environment(known const& so_far, step& result) {
    auto const& from = so_far.environment;
    if (from.is == environment::whose::nobody) {
        result.details.push_back(
            "the environment of the agent, process " + std::to_string(from.daemon) +
            ", could not be seen by this user: " +
            (from.files_alone ? "the files count alone here, and no variable of this shell"
                              : "that of this shell counts here") +
            "; root sees it");
    }
    for (auto const& one : from.different) {
        result.details.push_back(one + ": `why` takes that of the agent, what is typed here "
                                       "(`check`, `test`, --once) that of this shell");
    }
}

/// Where the rest is, as the place of a configuration tells that cannot be read.
config::settings settings_by_place(std::filesystem::path const& file) {
    config::settings guessed;
    auto const usual = config::layout_of(file);
    guessed.config_file = file;
    guessed.base_dir = usual.base_dir;
    guessed.available_commands = usual.available_commands;
    guessed.var_dir = usual.var_dir;
    guessed.tmp_file = config::usual_tmp_file(usual.var_dir);
    return guessed;
}

step not_there(known const& so_far, std::vector<diagnostic> const& found, step result) {
    auto const& file = so_far.asked.config_file;
    auto const& first = found.front();
    bool const missing = first.hint.find("enroll") != std::string::npos;
    result.text = file.string() + ": " + first.what;
    cause why{.rank = rank::no_configuration, .sentence = {}, .advice = {}, .command = {}};
    if (!so_far.asked.not_enrolled.empty()) {
        why.sentence = "this machine is " + so_far.asked.not_enrolled;
        why.advice = "it is tried again until it works";
    } else if (missing) {
        why.sentence = "this machine is not enrolled: there is no " + file.string() +
                       (so_far.asked.found_by.empty() ? "" : " (" + so_far.asked.found_by + ")");
        why.advice = "name the right configuration with --config, or enrol this machine";
        why.command = how_to_enrol(so_far);
    } else {
        why.sentence = "the configuration " + file.string() + " cannot be used: " + first.what;
        why.advice = first.hint.substr(0, first.hint.find_last_not_of('.') + 1);
    }
    result.add(std::move(why));
    return result;
}

} // namespace

step look_at_configuration(known& so_far) {
    step result;
    auto const& asked = so_far.asked;
    so_far.environment = find_environment(asked);
    so_far.loaded = config::load_settings(asked.config_file, so_far.environment.values,
                                          config::key_reading::if_readable);
    auto const& loaded = so_far.loaded;
    so_far.secrets = loaded.secrets;
    so_far.configuration_is_whole = loaded.settings.has_value();
    so_far.settings_so_far = loaded.settings ? loaded.settings : loaded.as_far;
    result.text =
        asked.config_file.string() + (asked.found_by.empty() ? "" : " (" + asked.found_by + ")");
    if (!so_far.has_settings() && !loaded.diagnostics.empty()) {
        bool const hidden = ::geteuid() != 0 && loaded.diagnostics.front().what.find(
                                                    "Permission denied") != std::string::npos;
        if (hidden) {
            result.is = verdict::unseen;
            result.text +=
                ": this user may not read it; `sudo " + so_far.typed("why") + "` sees more";
            so_far.settings_so_far = settings_by_place(asked.config_file);
            return result;
        }
        return not_there(so_far, loaded.diagnostics, std::move(result));
    }
    note_errors(so_far, loaded.diagnostics, result);
    so_far.addresses_are_meant = std::ranges::none_of(loaded.diagnostics, is_about_addresses);
    note_identity(so_far, result);
    note_environment(so_far, result);
    if (result.is == verdict::ok) {
        result.text += ": server " + so_far.settings().who.server_id;
    }
    return result;
}

} // namespace trafikito::agent::diagnosis
