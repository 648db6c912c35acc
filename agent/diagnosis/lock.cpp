// Step 5: who has the locks of this installation and of this server. Looks, and takes neither.
#include "agent/diagnosis/steps.hpp"

#include "agent/daemon/eyes.hpp"
#include "agent/diagnosis/processes.hpp"
#include "agent/persistence/instance_lock.hpp"
#include "agent/persistence/machine.hpp"

#include <cerrno>

#include <unistd.h>

namespace trafikito::agent::diagnosis {

namespace {

std::string who_is(pid_t pid) {
    if (pid <= 0) {
        return "a process that is not to be seen from here, of another container perhaps";
    }
    auto const seen = find_process(pid);
    return seen ? seen->in_words() : "process " + std::to_string(pid);
}

/// Another process than the daemon has it.
void blame(known const& so_far, pid_t holder, std::string sentence, step& result) {
    auto const seen = holder > 0 ? find_process(holder) : std::nullopt;
    auto const config = seen ? config_of_agent(*seen) : std::nullopt;
    auto const kin = seen ? kinship_of(*seen, so_far.asked.config_file) : kinship::unknown;
    bool const passes = seen && config && is_one_cycle(*seen);
    if (passes && !so_far.daemon_runs()) { // a cycle of --once, by cron perhaps
        result.at_least(verdict::note);
        result.details.push_back("a single cycle runs just now: " + seen->in_words());
        return;
    }
    if (seen && !config && is_agents_program(*seen)) { // `enroll`, `why`: it ends by itself
        result.at_least(verdict::note);
        result.details.push_back(seen->in_words() + " has it for a moment");
        return;
    }
    result.text = who_is(holder);
    cause why{.rank = rank::another_agent,
              .sentence = std::move(sentence),
              .advice = {},
              .command = holder > 0 ? "kill " + std::to_string(holder) : ""};
    if (config && kin == kinship::unknown) { // it may be the only one
        why.advice = "what its configuration is, root sees: `sudo " + so_far.typed("why") + "`";
        why.command.clear();
    } else if (config) {
        why.advice = "stop the one that should not be" +
                     (*config == "." ? "" : " (its configuration: " + *config + ")");
    }
    result.add(std::move(why));
}

/// And not by one that has taken it just now.
bool is_held_out_of_sight(std::filesystem::path const& var) {
    return persistence::try_directory(var) == persistence::lock_trial::held &&
           !persistence::holder_of_directory(var);
}

/// Whoever has it says nothing of itself, and is in no list of processes here.
void blame_unseen(std::filesystem::path const& var, step& result) {
    result.text = who_is(0);
    result.add({.rank = rank::another_agent,
                .sentence = who_is(0) + " has the lock of " + var.string() +
                            ": no other agent can work there",
                .advice =
                    "where that is the agent of this installation, ask it there: `why` in its "
                    "container; else stop that container",
                .command = {}});
}

} // namespace

step look_at_lock(known& so_far) {
    step result;
    auto const& settings = so_far.settings();
    // One of this configuration is this installation's own, whatever it could not write.
    auto const agent = so_far.agents_pid();
    auto const is_own = [&](pid_t pid) {
        return pid > 0 && (pid == agent || pid == so_far.holder);
    };
    auto const is_unseen_daemon = [&](pid_t pid) {
        return so_far.daemon && agent == 0 && pid <= 0;
    };
    auto const of_directory = persistence::holder_of_directory(settings.var_dir);
    auto const of_server =
        persistence::holder_of_server(persistence::identity_of(settings), so_far.daemons_uid());
    result.text = of_directory                  ? "held by " + who_is(*of_directory)
                  : so_far.daemon && agent == 0 ? "held by a process that is out of sight from here"
                                                : "free";
    if (!of_directory && daemon::may(settings.var_dir, X_OK) == EACCES) {
        result.at_least(verdict::unseen);
        result.text = settings.var_dir.string() + " cannot be entered by this user";
    }
    if (of_directory && !is_own(*of_directory)) {
        blame(so_far, *of_directory,
              who_is(*of_directory) + " has the lock of " + settings.var_dir.string() +
                  ": no other agent can work there",
              result);
    }
    if (!of_directory && !so_far.agent_lives() && is_held_out_of_sight(settings.var_dir)) {
        blame_unseen(settings.var_dir, result);
    }
    bool const same = of_directory && of_server && *of_directory == *of_server;
    if (of_server && !same && !is_own(*of_server) && !is_unseen_daemon(*of_server)) {
        blame(so_far, *of_server,
              who_is(*of_server) + " is an agent of this machine that is server " +
                  settings.who.server_id + " already: the API takes one only",
              result);
    }
    if (agent != 0 && !of_directory && so_far.sees_as_daemon()) {
        result.at_least(verdict::note);
        result.text = "the agent runs without its lock: a second one would not be noticed";
    }
    return result;
}

} // namespace trafikito::agent::diagnosis
