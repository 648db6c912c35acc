#include "agent/diagnosis/outcomes.hpp"

#include "agent/diagnosis/keeper.hpp"
#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "base/units.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <cstring>

namespace trafikito::agent::diagnosis {

namespace json = boost::json;
using kind = command_end::kind;

namespace {

constexpr std::size_t shown = 5;
constexpr std::string_view not_in_its_list = "no such command in available_commands.sh";

/// By sh(1); empty where the code says no more than that it failed.
std::string meaning_of(std::int64_t code) {
    constexpr std::int64_t cannot_be_run = 126;
    constexpr std::int64_t not_found = 127;
    return code == not_found       ? ": its program is not found in the agent's PATH"
           : code == cannot_be_run ? ": the agent's user may not run its program"
                                   : "";
}

std::int64_t number_in(json::object const& one, char const* name) {
    auto const* const value = one.if_contains(name);
    return value != nullptr && value->is_int64() ? value->as_int64() : 0;
}

void judge(json::object const& one, command_end& into) {
    auto const* const timed_out = one.if_contains("timedOut");
    if (auto const* const why = one.if_contains("notRun"); why != nullptr && why->is_string()) {
        into.is = kind::not_run;
        into.words = "not run: " + base::one_line(std::string(why->get_string()));
    } else if (timed_out != nullptr && timed_out->is_bool() && timed_out->get_bool()) {
        into.is = kind::stopped;
        into.words = "stopped after " +
                     base::in_seconds(std::chrono::milliseconds(number_in(one, "durationMs")));
    } else if (one.contains("abandoned")) {
        into.is = kind::stopped;
        into.words = "could not be killed";
    } else if (auto const signal = number_in(one, "signal"); signal != 0) {
        char const* const name = ::sigabbrev_np(static_cast<int>(signal));
        into.is = kind::failed;
        into.words = "ended by signal " + std::to_string(signal) +
                     (name == nullptr ? "" : " (SIG" + std::string(name) + ")");
    } else if (auto const code = number_in(one, "exitCode"); code != 0) {
        into.is = kind::failed;
        into.words = "exit code " + std::to_string(code) + meaning_of(code);
    }
}

/// `a (WHY), b (WHY) and 3 others`
std::string listed(std::vector<command_end> const& all) {
    std::string text;
    for (std::size_t i = 0; i < std::min(all.size(), shown); ++i) {
        text += (i == 0 ? "" : ", ") + all[i].name + " (" + all[i].words + ")";
    }
    return all.size() <= shown ? text
                               : text + " and " + base::count_of(all.size() - shown, "other");
}

/// The list on the disk is older than the cycle that did not find them in its own.
bool had_that_list(known const& so_far) {
    struct stat facts{};
    auto const& daemon = *so_far.reporting();
    if (!daemon.cycle_ended || ::stat(so_far.settings().available_commands.c_str(), &facts) != 0) {
        return false;
    }
    auto const changed = std::chrono::seconds(std::max(facts.st_mtim.tv_sec, facts.st_ctim.tv_sec));
    return changed + std::chrono::seconds(1) < daemon.cycle_ended->wall - daemon.last_took;
}

void look_at_list(known const& so_far, std::vector<command_end> const& all, step& result) {
    std::vector<std::string> missed;
    for (auto const& one : all) {
        if (one.is == kind::not_run && one.words.ends_with(not_in_its_list) && so_far.list &&
            so_far.list->find(one.name) != nullptr) {
            missed.push_back(one.name);
        }
    }
    if (missed.empty()) {
        return;
    }
    auto const& file = so_far.settings().available_commands;
    if (!had_that_list(so_far)) {
        result.at_least(verdict::note);
        result.details.push_back(missed.front() + " was not in the list yet; the next cycle takes "
                                                  "it as it is now");
        return;
    }
    cause why{.rank = rank::list,
              .sentence = "the agent works with another list than " + file.string() +
                          ": it does "
                          "not find " +
                          missed.front() + (missed.size() > 1 ? " (and others)" : "") +
                          " in its own, and there it stands",
              .advice = "its environment (TRAFIKITO_AVAILABLE_COMMANDS), its configuration at its "
                        "start, or the container that it runs in names another file",
              .command = {}};
    add_restart(so_far, why);
    result.add(std::move(why));
}

cause all_fail(known const& so_far, std::vector<command_end> const& bad) {
    bool const stopped =
        std::ranges::all_of(bad, [](auto const& one) { return one.is == kind::stopped; });
    auto const& settings = so_far.settings();
    return {.rank = rank::last_cycles,
            .sentence =
                std::string("reports arrive, but ") +
                (stopped ? "no command ends in its time: " : "every command in them fails: ") +
                listed(bad),
            .advice = "`" + so_far.typed("test") + "` shows what each prints" +
                      (stopped ? "; what needs longer gets `#: timeout=` in the line above it in " +
                                     settings.available_commands.string() +
                                     ", and command_timeout and cycle_timeout (" +
                                     base::in_seconds(settings.command_timeout) + " and " +
                                     base::in_seconds(settings.cycle_timeout) + ") are for all"
                               : ""),
            .command = {}};
}

} // namespace

std::vector<command_end> parse_ends(std::string_view results) {
    boost::system::error_code broken;
    auto const document = json::parse({results.data(), results.size()}, broken);
    auto const* const all = broken ? nullptr : document.if_array();
    std::vector<command_end> ends;
    for (auto const& one : all != nullptr ? *all : json::array()) {
        auto const* const object = one.if_object();
        auto const* const name = object != nullptr ? object->if_contains("command") : nullptr;
        if (name != nullptr && name->is_string()) {
            command_end end;
            end.name = base::one_line(std::string(name->get_string()));
            judge(*object, end);
            ends.push_back(std::move(end));
        }
    }
    return ends;
}

void look_at_outcomes(known const& so_far, step& result) {
    auto const all = parse_ends(so_far.reporting()->results);
    look_at_list(so_far, all, result);
    std::vector<command_end> bad;
    std::size_t ran = 0;
    for (auto const& one : all) {
        ran += one.is == kind::not_run ? 0U : 1U;
        if (one.is == kind::failed || one.is == kind::stopped) {
            bad.push_back(one);
        }
    }
    if (bad.empty()) {
        return;
    }
    if (bad.size() == ran) {
        result.add(all_fail(so_far, bad));
        return;
    }
    result.at_least(verdict::note);
    result.details.push_back(base::count_of(bad.size(), "command") + " of " + std::to_string(ran) +
                             " failed in the last cycle: " + listed(bad));
}

} // namespace trafikito::agent::diagnosis
