// Step 4: what starts the agent and keeps it: systemd, OpenRC, a script of System V, a container.
#include "agent/diagnosis/steps.hpp"

#include "agent/diagnosis/bounded_child.hpp"
#include "agent/diagnosis/service_finder.hpp"
#include "agent/diagnosis/unit.hpp"

#include <chrono>

namespace trafikito::agent::diagnosis {

namespace {

namespace fs = std::filesystem;
using kind = service::kind;

constexpr std::chrono::milliseconds patience{3000}; ///< with the service manager

bool is_there(fs::path const& path) {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(path, ignored));
}

void look_at_unit(known const& so_far, step& result) {
    auto const& unit = so_far.service.name;
    auto const facts = ask_systemd(so_far);
    if (facts.empty()) {
        result.is = verdict::unseen;
        result.text = unit + ": systemctl did not answer";
        return;
    }
    result.text = unit + ": " + in_words(facts);
    auto why = find_unit_cause(unit, facts, so_far.asked.config_file.string());
    if (why && so_far.daemon_runs()) { // started otherwise
        result.is = verdict::note;
        result.details.push_back("the agent runs all the same, started by somebody else: " +
                                 why->sentence);
    } else if (why) {
        result.add(std::move(*why));
    }
    auto const state = facts.find("UnitFileState");
    bool const active = !why && state != facts.end();
    if (active && state->second == "disabled") {
        result.at_least(verdict::note);
        result.details.push_back("it does not come back after a reboot: systemctl enable " + unit);
    }
    auto const reload = facts.find("NeedDaemonReload");
    if (reload != facts.end() && reload->second == "yes") {
        result.at_least(verdict::note);
        result.details.emplace_back("the unit was changed since: systemctl daemon-reload");
    }
}

void look_at_openrc(known const& so_far, step& result) {
    auto const& name = so_far.service.name;
    auto const in = [&](std::string_view folder) {
        return is_there(so_far.at_root("run/openrc") / folder / name);
    };
    bool enabled = false;
    std::error_code failed;
    for (fs::directory_iterator at(so_far.at_root("etc/runlevels"), failed);
         !failed && at != fs::directory_iterator(); at.increment(failed)) {
        enabled = enabled || is_there(at->path() / name);
    }
    bool const crashed = in("failed");
    bool const started = in("started");
    result.text = "OpenRC: " + name +
                  (crashed   ? " failed"
                   : started ? " started"
                             : " stopped") +
                  (enabled ? ", in a runlevel" : ", in no runlevel");
    auto const add = "rc-update add " + name + " default";
    if (so_far.daemon_runs() || so_far.daemon_unseen) {
        if (!enabled) {
            result.at_least(verdict::note);
            result.details.push_back("it does not come back after a reboot: " + add);
        }
        return;
    }
    result.add(
        {.rank = rank::unit,
         .sentence = "OpenRC's service " + name +
                     (crashed   ? " failed: no agent runs"
                      : started ? " counts as started, and no agent runs"
                                : " is stopped: no agent runs"),
         .advice = {},
         .command = (enabled ? "" : add + " && ") + "rc-service " + name +
                    (started || crashed ? " zap && rc-service " + name + " start" : " start")});
}

void look_at_script(known const& so_far, step& result) {
    auto const& name = so_far.service.name;
    bool linked = false;
    for (auto const* const folder : {"etc/rc2.d", "etc/rc3.d", "etc/rc5.d", "etc/rc.d/rc3.d"}) {
        std::error_code failed;
        for (fs::directory_iterator at(so_far.at_root(folder), failed);
             !failed && at != fs::directory_iterator(); at.increment(failed)) {
            auto const link = at->path().filename().string();
            linked = linked || (link.starts_with('S') && link.ends_with(name));
        }
    }
    result.text = "/etc/init.d/" + name + (linked ? ", started at boot" : ", not started at boot");
    auto const at_boot = "update-rc.d " + name + " defaults";
    if (so_far.daemon_runs() || so_far.daemon_unseen) {
        if (!linked) {
            result.at_least(verdict::note);
            result.details.push_back("it does not come back after a reboot: " + at_boot);
        }
        return;
    }
    result.add({.rank = rank::unit,
                .sentence = "the service " + name + " is stopped: no agent runs",
                .advice = linked ? "" : "at boot it is not started either: " + at_boot,
                .command = "/etc/init.d/" + name + " start"});
}

} // namespace

unit_facts ask_systemd(known const& so_far) {
    auto const program = find_program("systemctl", so_far.asked.environment);
    if (program.empty()) {
        return {};
    }
    auto const answer =
        ask_child({program.string(), "show", "--no-pager",
                   "--property=" + std::string(unit_properties), "--", so_far.service.name},
                  patience);
    return answer ? parse_unit_facts(answer->output) : unit_facts();
}

step look_at_service(known& so_far) {
    step result;
    auto const& found = so_far.service;
    if (found.name.empty() && !so_far.driver.empty()) {
        result.text = "none; single cycles are begun by " + so_far.driver;
    } else if (found.name.empty()) {
        result.text = found.by == kind::container ? "a container: what runs it starts the agent"
                      : found.by == kind::nothing ? "none that is known here"
                                                  : "it has no service for this installation";
        result.is =
            found.by == kind::nothing || found.by == kind::container ? verdict::ok : verdict::note;
    } else if (found.by == kind::systemd) {
        look_at_unit(so_far, result);
    } else if (found.by == kind::openrc) {
        look_at_openrc(so_far, result);
    } else {
        look_at_script(so_far, result);
    }
    return result;
}

} // namespace trafikito::agent::diagnosis
