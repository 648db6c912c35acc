// Step 1: which configuration, and whether an agent starts with it.
#include "agent/diagnosis/steps.hpp"

#include "base/ascii.hpp"
#include "base/units.hpp"

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
           shell_word(so_far.asked.config_file.native());
}

void note_errors(known const& so_far, std::vector<diagnostic> const& found, step& result) {
    std::size_t errors = 0;
    diagnostic const* first = nullptr;
    for (auto const& one : found) {
        bool const error = one.level == diagnostic::severity::error;
        errors += error ? 1 : 0;
        first = error && first == nullptr ? &one : first;
        if (!error) {
            result.details.push_back(one.in_one_line());
            result.at_least(verdict::note);
        }
    }
    if (first == nullptr) {
        return;
    }
    auto where = first->file;
    where += first->line != 0 ? ":" + std::to_string(first->line) : "";
    where += first->column != 0 ? ":" + std::to_string(first->column) : "";
    cause why{.rank = rank::configuration,
              .sentence = "no agent starts with this configuration: " + where + ": " + first->what,
              .advice = first->hint,
              .command = {}};
    if (why.advice.ends_with('.')) {
        why.advice.pop_back();
    }
    if (errors > 1) {
        why.advice += std::string(why.advice.empty() ? "" : "; ") + "that is the first of " +
                      base::count_of(errors, "error") + ", `" + so_far.typed("check") +
                      "` names all";
    }
    result.text += ": " + base::count_of(errors, "error");
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
                        .advice = "move that file away and enrol this machine",
                        .command = "mv " + shell_word(file.native()) + ' ' +
                                   shell_word(file.native() + ".example") + " && " +
                                   how_to_enrol(so_far)});
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
    auto loaded = config::load_settings(asked.config_file, asked.environment,
                                        config::key_reading::if_readable);
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
                ": this user may not read it; as root `sudo " + so_far.typed("why") + "` sees more";
            return result;
        }
        return not_there(so_far, loaded.diagnostics, std::move(result));
    }
    note_errors(so_far, loaded.diagnostics, result);
    note_identity(so_far, result);
    if (result.is == verdict::ok) {
        result.text += ": server " + so_far.settings().who.server_id;
    }
    return result;
}

} // namespace trafikito::agent::diagnosis
