#include "agent/diagnosis/diagnose.hpp"

#include "agent/diagnosis/driver.hpp"
#include "agent/diagnosis/network.hpp"
#include "agent/diagnosis/processes.hpp"
#include "agent/diagnosis/service_finder.hpp"
#include "agent/diagnosis/steps.hpp"
#include "agent/persistence/instance_lock.hpp"
#include "agent/persistence/living_agent.hpp"
#include "agent/persistence/machine.hpp"
#include "agent/persistence/record_file.hpp"
#include "base/time_text.hpp"

namespace trafikito::agent::diagnosis {

namespace {

constexpr std::size_t max_status = 16UL * 1024 * 1024;

/// An agent that runs with this configuration: the one that has the lock or the server's claim, or
/// any other, where it has neither.
std::optional<seen_process> find_agent(known const& so_far) {
    auto const& settings = so_far.settings();
    auto const& config = so_far.asked.config_file;
    auto const identity = persistence::identity_of(settings);
    for (auto const& holder : {persistence::holder_of_directory(settings.var_dir),
                               persistence::holder_of_server(identity, so_far.daemons_uid())}) {
        auto const seen = holder.value_or(0) > 0 ? find_process(*holder) : std::nullopt;
        if (seen && kinship_of(*seen, config) == kinship::same) {
            return seen;
        }
    }
    for (auto& one : other_processes()) {
        if (!is_one_cycle(one) && kinship_of(one, config) == kinship::same) {
            return std::move(one);
        }
    }
    return std::nullopt;
}

void read_what_the_agent_keeps(known& so_far) {
    auto const& var = so_far.settings().var_dir;
    auto const file = persistence::read_recorded(persistence::status_file_in(var), max_status);
    so_far.status = persistence::parse_status(file.content.value_or(""));
    auto const living =
        so_far.status ? persistence::find_living(*so_far.status, var) : std::nullopt;
    if (living && !so_far.status->once) {
        so_far.daemon = so_far.status;
        so_far.daemon->pid = living->pid;
    }
    auto const seen = find_agent(so_far);
    bool const unreadable = !file.content && !file.missing && !so_far.sees_as_daemon();
    so_far.holder = seen ? seen->pid : 0;
    so_far.daemon_unseen = !so_far.daemon && (unreadable || (seen && !is_one_cycle(*seen)));
    if (so_far.agents_pid() != 0) {
        so_far.running_as = persistence::user_of(so_far.agents_pid());
    }
    so_far.state = persistence::look_at_state(var);
}

/// The daemon has read another one: only the next one will not start.
void configuration_is_for_later(step& of_configuration) {
    for (auto& one : of_configuration.causes) {
        if (one.rank == rank::configuration && one.sentence.starts_with(no_agent_starts)) {
            one.rank = rank::later;
            one.sentence = "the agent that runs would not start again" +
                           one.sentence.substr(no_agent_starts.size());
        }
    }
}

class walk {
public:
    walk(question what, base::redactor& hidden, audience const& to)
        : so_far_(std::move(what)), hidden_(hidden), to_(to) {}

    findings go();

private:
    template <class Look>
    void take(std::string_view id, Look look);
    void go_the_network();
    void conclude();

    known so_far_;
    base::redactor& hidden_;
    audience const& to_;
    findings found_;
};

template <class Look>
void walk::take(std::string_view id, Look look) {
    using steady = std::chrono::steady_clock;
    if (to_.begins) {
        to_.begins(id);
    }
    auto const begun = steady::now();
    step one = look();
    one.took = std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begun);
    one.id = id;
    hidden_.add(so_far_.secrets);
    if (to_.ended) {
        to_.ended(one);
    }
    found_.steps.push_back(std::move(one));
}

findings walk::go() {
    take("configuration", [&] { return look_at_configuration(so_far_); });
    if (!so_far_.has_settings()) {
        conclude();
        return std::move(found_);
    }
    wear(so_far_.environment);
    read_what_the_agent_keeps(so_far_);
    so_far_.service = find_service(so_far_);
    so_far_.driver = so_far_.agent_lives() ? std::string() : find_driver(so_far_);
    if (so_far_.daemon_runs()) {
        configuration_is_for_later(found_.steps.front());
    }
    take("permissions", [&] { return look_at_permissions(so_far_); });
    take("list", [&] { return look_at_list(so_far_); });
    take("check", [&] { return look_at_check(so_far_); });
    take("service", [&] { return look_at_service(so_far_); });
    take("other agents", [&] { return look_at_other_agents(so_far_); });
    take("lock", [&] { return look_at_lock(so_far_); });
    take("agent", [&] { return look_at_daemon(so_far_); });
    take("clock", [&] { return look_at_clock(so_far_); });
    take("stop", [&] { return look_at_stop(so_far_); });
    go_the_network();
    take("order", [&] { return look_at_order(so_far_); });
    take("spool", [&] { return look_at_spool(so_far_); });
    take("disk", [&] { return look_at_disk(so_far_); });
    take("last cycles", [&] { return look_at_last_cycles(so_far_); });
    conclude();
    return std::move(found_);
}

void walk::go_the_network() {
    if (!so_far_.addresses_are_meant) {
        take("network", [] {
            step result;
            result.is = verdict::skipped;
            result.text = "not tried: what leads there is not known, or wrong";
            return result;
        });
        return;
    }
    auto on = find_ways(so_far_.settings());
    take("proxy", [&] { return look_at_proxy(so_far_, on); });
    auto const next = [&](std::string_view id, auto look) {
        if (on.lead_there()) {
            take(id, [&] { return look(so_far_, on); });
        }
    };
    next("names", look_at_names);
    next("connection", look_at_connections);
    next("tls", look_at_handshakes);
    next("api", look_at_api);
}

/// What follows from the root is not told, but for one thing: that no agent runs, since nothing
/// comes of all else then.
void walk::conclude() {
    found_.root = root_cause(found_.steps);
    for (auto const& step : found_.steps) {
        for (auto const& one : step.causes) {
            bool const is_start = one.rank == rank::no_agent || one.rank == rank::unit;
            if (is_start && one.rank != found_.root->rank && found_.root->rank < one.rank &&
                (!found_.besides || one.rank < found_.besides->rank)) {
                found_.besides = one;
            }
        }
    }
    if (found_.root && found_.root->rank == rank::no_agent && so_far_.key_untried_until) {
        found_.root->advice +=
            (found_.root->advice.empty() ? "" : "; ") +
            std::string("whether the API takes this configuration's key is not known: it was asked "
                        "less than an interval ago, so ask `why` once more after ") +
            base::local_time(*so_far_.key_untried_until);
    }
    if (found_.root && found_.root->rank == rank::unit) {
        found_.besides.reset();
    }
}

} // namespace

findings diagnose(question what, base::redactor& hidden, audience const& to) {
    return walk(std::move(what), hidden, to).go();
}

} // namespace trafikito::agent::diagnosis
