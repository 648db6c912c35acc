// Who else asks for this machine: the shell agent, whose minute is the same one, by its processes
// and by what cron starts; and agents of ours with another configuration.
#include "agent/diagnosis/steps.hpp"

#include "agent/diagnosis/driver.hpp"
#include "agent/diagnosis/processes.hpp"
#include "base/ascii.hpp"
#include "base/printable.hpp"
#include "base/shell_quoting.hpp"

#include <algorithm>

namespace trafikito::agent::diagnosis {

namespace fs = std::filesystem;

namespace {

struct cron_line {
    fs::path file;
    std::string text;
    std::string script; ///< of the shell agent
};

/// The script of the shell agent that a line of a crontab runs; empty when it runs none.
std::string script_in(std::string_view line) {
    for (std::string_view const name :
         {"/lib/trafikito_wrapper.sh", "/lib/trafikito_agent.sh", "/trafikito start"}) {
        auto const at = line.find(name);
        if (at == std::string_view::npos) {
            continue;
        }
        auto const before = line.substr(0, at).find_last_of(" \t\"'=;&");
        auto const begin = before == std::string_view::npos ? 0 : before + 1;
        auto const end = line.find_first_of(" \t\"';&|>", at);
        return std::string(line.substr(begin, end == std::string_view::npos ? end : end - begin));
    }
    return {};
}

std::vector<cron_line> find_in_crontabs(known const& so_far) {
    std::vector<cron_line> found;
    read_crontabs(so_far, [&](fs::path const& file, std::string_view line) {
        auto const script = script_in(line);
        if (!script.empty() && is_script_of_shell_agent(script)) {
            found.push_back({file, std::string(line), script});
        }
    });
    return found;
}

bool is_ours(known const& so_far, pid_t pid) {
    return pid == so_far.agents_pid() || pid == so_far.holder;
}

/// Those that ask in the name of another server are told, and left alone.
void set_aside_others(known const& so_far, std::vector<seen_process>& running,
                      std::vector<cron_line>& cron, step& result) {
    if (!so_far.has_settings() || so_far.settings().who.server_id.empty()) {
        return;
    }
    auto const& server_id = so_far.settings().who.server_id;
    std::erase_if(running, [&](seen_process const& one) {
        auto const script = script_of_shell_agent(one.words).value_or("");
        if (!is_of_another_server(one.words, script, server_id)) {
            return false;
        }
        result.details.push_back("the shell agent of another server: " + one.in_words());
        return true;
    });
    std::erase_if(cron, [&](cron_line const& one) {
        auto const words = base::words_in(one.text, " \t\"'");
        if (!is_of_another_server({words.begin(), words.end()}, one.script, server_id)) {
            return false;
        }
        result.details.push_back("the shell agent of another server: " + one.file.string());
        return true;
    });
}

void blame_shell_agent(std::vector<seen_process> const& running, std::vector<cron_line> const& cron,
                       step& result) {
    std::string pids;
    for (auto const& one : running) {
        pids += ' ' + std::to_string(one.pid);
        result.details.push_back("the shell agent: " + one.in_words());
    }
    for (auto const& one : cron) {
        result.details.push_back(one.file.string() + ": " + base::for_line(one.text, 120));
    }
    if (running.empty() && cron.empty()) {
        return;
    }
    auto const who = running.empty() ? cron.front().file.string() : running.front().in_words();
    // cron first: it would start the processes again.
    std::string commands;
    for (auto const& one : cron) {
        commands += (commands.empty() ? "" : " && ") + std::string("sed -i ") +
                    base::shell_quoted("\\,^[^#].*" + one.script + ",s/^/#/") + ' ' +
                    base::shell_quoted(one.file.native());
    }
    commands += running.empty() ? "" : (commands.empty() ? "kill" : " && kill") + pids;
    result.text = "the shell agent is still there: " + who;
    result.add({.rank = rank::shell_agent,
                .sentence = "the shell agent is still at work (" + who +
                            "): it asks in the name of the same server, so the API calls one of "
                            "the two too early every minute",
                .advice = {},
                .command = std::move(commands)});
}

} // namespace

step look_at_other_agents(known& so_far) {
    step result;
    auto const all = other_processes();
    std::vector<seen_process> shell_agents;
    std::vector<std::string> others;
    for (auto const& one : all) {
        if (is_shell_agent(one)) {
            shell_agents.push_back(one);
        } else if (auto const config = config_of_agent(one);
                   config && !is_ours(so_far, one.pid) &&
                   kinship_of(one, so_far.asked.config_file) != kinship::same) {
            others.push_back(one.in_words());
        }
    }
    result.text = "none of the same server is seen";
    auto cron = find_in_crontabs(so_far);
    set_aside_others(so_far, shell_agents, cron, result);
    blame_shell_agent(shell_agents, cron, result);
    for (auto const& one : others) {
        result.details.push_back("another configuration has an agent: " + one);
        so_far.other_agent = one;
        if (!so_far.daemon_runs()) {
            result.at_least(verdict::note);
        }
    }
    return result;
}

} // namespace trafikito::agent::diagnosis
