#include "agent/diagnosis/enrol_anew.hpp"

#include "agent/diagnosis/checked.hpp"
#include "agent/diagnosis/keeper.hpp"
#include "base/ascii.hpp"
#include "base/shell_quoting.hpp"
#include "base/units.hpp"

#include <algorithm>

namespace trafikito::agent::diagnosis {

std::string how_to_enrol_anew(known const& so_far) {
    auto const& settings = so_far.settings();
    auto const option = [](std::string_view name, std::string const& value) {
        return value.empty() ? std::string() : std::string(name) + ' ' + base::shell_quoted(value);
    };
    bool const in_etc = settings.config_file.parent_path().filename() == "etc";
    auto const enrol =
        so_far.program() + " enroll --anew --api-url " +
        (settings.api_url.empty() ? "URL" : base::shell_quoted(settings.api_url.front())) +
        option(" --ca-file", settings.ca_file) + option(" --run-as", settings.run_as) +
        (settings.api_key_file.empty() ? "" : " --api-key-apart") +
        " --user-api-key-file FILE --workspace-id ID" +
        (in_etc ? option(" --base-dir", settings.base_dir.native())
                : option(" --config", settings.config_file.native()));
    return while_stopped(so_far, enrol);
}

bool is_about_key(std::string_view error) {
    auto const words = base::lower(error);
    auto const has = [&](std::string_view part) { return words.find(part) != std::string::npos; };
    return has("wrong_key") || (has("key") && (has("wrong") || has("invalid") || has("unknown")));
}

namespace {

/// What is odd with server_id or api_key, as it was read: that explains a refusal.
config::diagnostic const* slip_of_identity(known const& so_far) {
    auto const& all = so_far.loaded.diagnostics;
    auto const found = std::ranges::find_if(all, [](config::diagnostic const& one) {
        return one.what.starts_with("server_id ") || one.what.starts_with("api_key ");
    });
    return found == all.end() ? nullptr : &*found;
}

} // namespace

cause refused_key(known const& so_far, std::string const& said) {
    auto const& settings = so_far.settings();
    if (auto const* const slip = slip_of_identity(so_far)) {
        auto why = cause_of(*slip, rank::refused_key);
        why.sentence = "the API does not know this machine (" + said + "): " + why.sentence;
        return why;
    }
    auto const key_in =
        settings.api_key_file.empty() ? settings.config_file : settings.api_key_file;
    return {.rank = rank::refused_key,
            .sentence = "the API does not know this machine by its server_id " +
                        settings.who.server_id + " and the api_key in " + key_in.string() + " (" +
                        said + ")",
            .advice = "with a trafikito-server of your own `trafikito-server servers new-key " +
                      base::shell_quoted(settings.who.server_id) +
                      "` prints a key to write there, else enrol this machine anew" +
                      std::string(placeholders_in_words),
            .command = how_to_enrol_anew(so_far)};
}

cause asked_too_early(known const& so_far, std::string const& said) {
    auto const& settings = so_far.settings();
    bool const short_interval = settings.interval < std::chrono::seconds(60);
    return {.rank = rank::pace,
            .sentence = "the API says that it was asked too early (" + said + "): " +
                        (short_interval ? "interval = " + base::in_seconds(settings.interval) +
                                              " is shorter than the API allows, or another agent"
                                        : std::string("another agent")) +
                        " asks as server " + settings.who.server_id,
            .advice = short_interval
                          ? "set interval = 60s in " + settings.config_file.string() +
                                ", or stop the other agent"
                          : "stop the other agent; where this machine is a copy of another one, "
                            "enrol it anew",
            .command = {}};
}

} // namespace trafikito::agent::diagnosis
