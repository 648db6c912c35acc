// Who else asks for this machine: the shell agent, whose minute is the same one, by its processes
// and by what cron starts; and agents of ours with another configuration.
#include "agent/diagnosis/steps.hpp"

#include "agent/diagnosis/processes.hpp"
#include "base/ascii.hpp"
#include "base/file.hpp"
#include "base/printable.hpp"
#include "base/shell_quoting.hpp"

#include <algorithm>

namespace trafikito::agent::diagnosis {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_crontab = 256UL * 1024;

struct cron_line {
    fs::path file;
    std::string text;
    std::string script;
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

void look_into(fs::path const& file, std::vector<cron_line>& found) {
    auto const text = base::read_file(file, max_crontab).content.value_or("");
    base::line_reader lines(text);
    while (auto const line = lines.next()) {
        auto const trimmed = base::trim(line->text);
        if (trimmed.starts_with('#')) {
            continue;
        }
        auto const script = script_in(trimmed);
        if (!script.empty() && is_script_of_shell_agent(script)) {
            found.push_back({file, std::string(trimmed), script});
        }
    }
}

std::vector<cron_line> find_in_crontabs(known const& so_far) {
    std::vector<cron_line> found;
    look_into(so_far.at_root("etc/crontab"), found);
    for (auto const* const folder : {"etc/cron.d", "var/spool/cron/crontabs", "var/spool/cron"}) {
        std::error_code failed;
        for (fs::directory_iterator at(so_far.at_root(folder), failed);
             !failed && at != fs::directory_iterator(); at.increment(failed)) {
            look_into(at->path(), found);
        }
    }
    return found;
}

bool is_ours(known const& so_far, pid_t pid) {
    return so_far.daemon && so_far.daemon->pid == pid;
}

std::vector<std::string> words_of(std::string_view line) {
    std::vector<std::string> words;
    while (!line.empty()) {
        auto const end = std::min(line.find_first_of(" \t\"'"), line.size());
        words.emplace_back(line.substr(0, end));
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return words;
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
        if (!is_of_another_server(words_of(one.text), one.script, server_id)) {
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
    std::string commands = running.empty() ? "" : "kill" + pids;
    if (!cron.empty()) {
        auto const& file = cron.front().file;
        commands += (commands.empty() ? "" : " && ") + std::string("sed -i '/trafikito/s/^/#/' ") +
                    base::shell_quoted(file.native());
    }
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
                   *config != so_far.asked.config_file.native()) {
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
