#include "agent/diagnosis/keeper.hpp"

#include "agent/diagnosis/bounded_child.hpp"
#include "agent/diagnosis/unit.hpp"
#include "base/ascii.hpp"
#include "base/shell_quoting.hpp"
#include "exec/process_info.hpp"
#include "exec/user.hpp"

#include <unistd.h>

#include <string_view>

namespace trafikito::agent::diagnosis {

namespace {

using kind = service::kind;

constexpr std::string_view its_container =
    "restart what it runs in: it is out of sight from here, in another container perhaps";

/// Whether that unit's own process it is: what a login or cron starts may count to their units.
bool is_main_process(known const& so_far, std::string const& unit, pid_t pid) {
    constexpr std::chrono::milliseconds patience{3000};
    auto const systemctl = find_program("systemctl", so_far.asked.environment);
    if (systemctl.empty()) {
        return false;
    }
    auto const answer = ask_child(
        {systemctl.string(), "show", "--no-pager", "--property=MainPID", "--", unit}, patience);
    auto const facts = answer ? parse_unit_facts(answer->output) : unit_facts();
    auto const found = facts.find("MainPID");
    return found != facts.end() && found->second == std::to_string(pid);
}

/// The unit that runs it; empty where none does.
std::string unit_of(known const& so_far) {
    auto const pid = so_far.agents_pid();
    auto const file = "/proc/" + std::to_string(pid) + "/cgroup";
    auto unit = pid == 0 ? std::string() : unit_in_cgroup(exec::read_proc(file));
    bool const ours =
        !unit.empty() && (unit == so_far.service.name || is_main_process(so_far, unit, pid));
    return ours ? unit : std::string();
}

/// `VERB` with whatever keeps it; empty where nothing does.
std::string by_keeper(known const& so_far, std::string const& verb) {
    if (auto const unit = unit_of(so_far); !unit.empty()) {
        return "systemctl " + verb + ' ' + base::shell_quoted(unit);
    }
    auto const& service = so_far.service;
    if (service.by == kind::openrc && !service.name.empty()) {
        return "rc-service " + base::shell_quoted(service.name) + ' ' + verb;
    }
    if (service.by == kind::sysv && !service.name.empty()) {
        return "/etc/init.d/" + base::shell_quoted(service.name) + ' ' + verb;
    }
    constexpr std::string_view start = " start";
    auto controller = so_far.how_to_start();
    if (controller.ends_with("/trafikito start")) {
        return controller.substr(0, controller.size() - start.size()) + ' ' + verb;
    }
    return {};
}

std::string waiting_for_end(std::string const& pid) {
    return "kill " + pid + "; while kill -0 " + pid + " 2>/dev/null; do sleep 1; done";
}

/// As the user that it ran as, where what starts it does not become that one.
std::string start_again(known const& so_far) {
    auto start = so_far.how_to_start();
    bool const by_hand = start.find(" --config ") != std::string::npos;
    auto const user = so_far.running_as;
    if (!by_hand || !user || *user == ::geteuid() || ::geteuid() != 0) {
        return start;
    }
    auto const& run_as = so_far.settings().run_as;
    auto const becomes = run_as.empty() ? std::nullopt : exec::find_user(run_as);
    if (becomes && becomes->uid == *user) {
        return start;
    }
    return "su -s /bin/sh " + base::shell_quoted(user_name(*user)) + " -c " +
           base::shell_quoted(start);
}

} // namespace

std::string unit_in_cgroup(std::string_view text) {
    base::line_reader lines(text);
    while (auto const line = lines.next()) {
        // `0::/system.slice/NAME.service`; of the older kind `1:name=systemd:/…`
        auto const path = line->text.substr(std::min(line->text.rfind(':'), line->text.size()));
        if (!line->text.starts_with("0::") &&
            line->text.find(":name=systemd:") == std::string_view::npos) {
            continue;
        }
        for (std::string_view const container :
             {"docker", "libpod", "kubepods", "lxc", "machine."}) {
            if (path.find(container) != std::string_view::npos) {
                return {};
            }
        }
        auto const name = path.substr(std::min(path.rfind('/'), path.size() - 1) + 1);
        if (name.ends_with(".service") && !name.starts_with("user@")) {
            return std::string(name);
        }
    }
    return {};
}

std::string how_to_stop(known const& so_far) {
    if (auto stop = by_keeper(so_far, "stop"); !stop.empty()) {
        return stop;
    }
    auto const pid = so_far.agents_pid();
    return pid == 0 ? std::string() : waiting_for_end(std::to_string(pid));
}

std::string how_to_restart(known const& so_far, condition of) {
    if (!so_far.agent_lives()) {
        return so_far.how_to_start();
    }
    if (auto restart = by_keeper(so_far, "restart"); !restart.empty()) {
        return restart;
    }
    if (so_far.agents_pid() == 0) {
        return {};
    }
    auto const pid = std::to_string(so_far.agents_pid());
    auto const end = of == condition::hanging ? "kill -KILL " + pid : waiting_for_end(pid);
    return end + "; " + start_again(so_far);
}

std::string restart_in_words(known const& so_far) {
    auto command = how_to_restart(so_far);
    return command.empty() ? std::string(its_container) : command;
}

void add_restart(known const& so_far, cause& to, condition of) {
    if (!so_far.agent_lives() && !so_far.driver.empty()) {
        return; // the next cycle is begun anew by itself
    }
    to.command = how_to_restart(so_far, of);
    if (to.command.empty()) {
        to.advice += (to.advice.empty() ? "" : "; ") + std::string(its_container);
    }
}

std::string how_to_reload(known const& so_far) {
    auto const pid = so_far.agents_pid();
    return pid == 0 ? std::string() : "kill -HUP " + std::to_string(pid);
}

std::string while_stopped(known const& so_far, std::string const& commands) {
    auto const stop = so_far.agent_lives() ? how_to_stop(so_far) : std::string();
    if (stop.empty()) {
        return commands;
    }
    if (auto const start = by_keeper(so_far, "start"); !start.empty()) {
        return stop + " && " + commands + "; " + start;
    }
    return stop + "; " + commands + "; " + start_again(so_far);
}

} // namespace trafikito::agent::diagnosis
