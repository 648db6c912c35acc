#include "agent/diagnosis/question_for_order.hpp"

#include "agent/cycle/identity_watch.hpp"
#include "agent/cycle/order_pace.hpp"
#include "agent/cycle/order_question.hpp"
#include "agent/daemon/eyes.hpp"
#include "agent/daemon/session.hpp"
#include "agent/diagnosis/access.hpp"
#include "agent/diagnosis/enrol_anew.hpp"
#include "agent/diagnosis/listening_client.hpp"
#include "agent/diagnosis/network.hpp"
#include "agent/persistence/instance_lock.hpp"
#include "agent/persistence/machine.hpp"
#include "agent/persistence/stop_file.hpp"
#include "base/spawn.hpp"
#include "base/time_text.hpp"
#include "base/units.hpp"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

namespace trafikito::agent::diagnosis {

namespace asio = boost::asio;
namespace api = net::api;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr seconds longest_question{12};

base::log silent_log(std::vector<base::secret> const& secrets) {
    base::log log([](std::string_view) {}, base::severity::error, base::log::format::text);
    log.hide(secrets);
    return log;
}

config::settings without_retries(config::settings from) {
    from.retries = 0;
    return from;
}

/// When a file was written; long ago where that cannot be seen.
base::wall_time written(std::filesystem::path const& file) {
    struct stat facts{};
    bool const seen = ::stat(file.c_str(), &facts) == 0;
    return base::wall_time(std::chrono::seconds(seen ? facts.st_mtim.tv_sec : 0));
}

/// What a question of --once has around it.
class asking {
public:
    explicit asking(known& so_far)
        : so_far_(so_far), log_(silent_log(so_far.secrets)), time_(base::make_system_clock()),
          state_(persistence::state_file_in(so_far.settings().var_dir)), pace_(state_, *time_),
          session_(context_.get_executor(), without_retries(so_far.settings()),
                   so_far.environment.values, *time_, log_, daemon::known_from(state_.value()),
                   &pace_),
          audit_(so_far.settings().var_dir, *time_, log_) {}

    step run(way const& on);

private:
    void answered(way const& on, step& result);
    void answered(way const& on, api::order_answer const& answer, step& result);
    void took_order(step& result);

    known& so_far_;
    base::log log_;
    asio::io_context context_{1};
    std::unique_ptr<base::clock> time_;
    persistence::state_file state_;
    cycle::order_pace pace_;
    daemon::session session_;
    persistence::audit audit_;
    cycle::feedback_gate gate_;
    std::optional<listening_client> heard_;
};

step asking::run(way const& on) {
    step result;
    if (auto const problem = session_.open(); !problem.empty()) {
        result.text = problem;
        result.add({.rank = rank::trust,
                    .sentence = "the API cannot be asked: " + problem,
                    .advice = {},
                    .command = {}});
        return result;
    }
    auto const& settings = session_.settings();
    auto const identity = persistence::identity_fingerprint(settings);
    cycle::check_machine(settings, state_, identity, persistence::machine_fingerprint(), log_);
    if (auto const wait = pace_.must_wait(settings.interval); wait > milliseconds(0)) {
        auto const until = base::wall_now() + wait;
        result.is = verdict::note;
        result.text = "not asked for an order: once per interval (" +
                      base::in_seconds(settings.interval) + "), and so not before " +
                      base::local_time(until);
        if (written(settings.config_file) > until - settings.interval) {
            so_far_.key_untried_until = until;
        }
        return result;
    }
    heard_.emplace(session_.api());
    cycle::feedback_queue unsent(*heard_, *time_, log_, gate_);
    cycle::question_tools const tools{.settings = settings,
                                      .api = *heard_,
                                      .log = log_,
                                      .state = state_,
                                      .pace = pace_,
                                      .audit = audit_,
                                      .feedback = unsent};
    auto const until = time_->steady_now() + longest_question;
    base::spawn(
        context_.get_executor(), cycle::ask_for_order(tools, until),
        [](std::exception_ptr const& failed, cycle::order_or_end const&) { or_throw()(failed); });
    context_.run_for(longest_question + seconds(1));
    (void)state_.note(state_.value());
    answered(on, result);
    return result;
}

void asking::answered(way const& on, step& result) {
    if (!heard_->heard) {
        result.text = "no answer within " + took(longest_question);
        result.add({.rank = rank::answer,
                    .sentence = "the API does not answer the question for an order within " +
                                took(longest_question),
                    .advice = "its operator must see to it",
                    .command = {}});
    } else if (!*heard_->heard) {
        auto const& why = heard_->heard->error();
        result.text = why.message();
        result.add(cause_of(so_far_, on, why));
    } else {
        so_far_.reached_api = true;
        answered(on, **heard_->heard, result);
    }
}

void asking::answered(way const& on, api::order_answer const& answer, step& result) {
    if (auto const* const error = std::get_if<api::api_error>(&answer)) {
        auto const said = "the API says " + api::in_words(*error);
        result.text = said;
        if (api::asked_too_often(*error)) {
            result.add(asked_too_early(so_far_, api::in_words(*error)));
        } else if (is_about_key(api::in_words(*error))) {
            result.add(refused_key(so_far_, api::in_words(*error)));
        } else {
            result.add({.rank = rank::answer,
                        .sentence = "the API gives no order: " + said,
                        .advice = "its operator knows what that means",
                        .command = {}});
        }
    } else if (auto const* const nonsense = std::get_if<api::not_an_order>(&answer)) {
        result.text = nonsense->what;
        result.add(
            {.rank = rank::answer,
             .sentence = "what answers at " + on.api.peer() + " gives no order: " + nonsense->what,
             .advice = "is " + on.key + " in " + so_far_.settings().config_file.string() +
                       " the address of a Trafikito API?",
             .command = {}});
    } else if (auto const* const stopped = std::get_if<api::stop>(&answer)) {
        auto const reason =
            stopped->reason.empty() ? std::string(persistence::no_stop_reason) : stopped->reason;
        result.text = "STOP: " + reason;
        result.add({.rank = rank::stopped,
                    .sentence = "the API has removed this server and told its agent to stop (" +
                                reason + ")",
                    .advice = "enrol this machine anew" + std::string(placeholders_in_words),
                    .command = how_to_enrol_anew(so_far_)});
    } else {
        took_order(result);
    }
}

void asking::took_order(step& result) {
    so_far_.order = state_.value().last_order;
    so_far_.order_from = "asked just now";
    if (!so_far_.order) {
        result.text = "the API says that the order has not changed, and there was none";
        result.add({.rank = rank::answer,
                    .sentence = result.text,
                    .advice = "with the next question it should give one",
                    .command = {}});
        return;
    }
    result.text = "it gives an order: " + base::count_of(so_far_.order->names.size(), "command");
}

} // namespace

std::string why_not_to_ask(known const& so_far) {
    auto const& settings = so_far.settings();
    if (so_far.daemon_runs() || so_far.holder != 0) {
        return "an agent runs, and that question is its own";
    }
    if (!so_far.driver.empty()) {
        return "single cycles are begun by " + so_far.driver + ", and that question is theirs";
    }
    if (!so_far.configuration_is_whole) {
        return "the configuration has errors";
    }
    if (settings.who.api_key.empty()) {
        return "the API key cannot be read by this user";
    }
    if (!so_far.sees_as_daemon()) {
        return "only root and the agent's user may, since the state of the agent keeps it";
    }
    if (persistence::stop_reason(settings.var_dir)) {
        return "the API has stopped this agent";
    }
    daemon::eyes_of const eyes(so_far.daemons_user());
    auto const& var = settings.var_dir;
    auto const stopped = find_obstacle(var, R_OK | W_OK | X_OK);
    bool const is_made = stopped && !stopped->on_the_way && stopped->error == ENOENT &&
                         !find_obstacle(var.parent_path(), W_OK | X_OK);
    return stopped && !is_made ? "that could not be remembered in " + var.string() : "";
}

step ask_for_order(known& so_far, ways const& on) {
    step result;
    auto const& settings = so_far.settings();
    daemon::eyes_of const eyes(so_far.daemons_user());
    if (!eyes.problem().empty()) {
        result.is = verdict::unseen;
        result.text = eyes.problem();
        return result;
    }
    std::error_code ignored;
    std::filesystem::create_directory(settings.var_dir, ignored); // as the agent does
    persistence::instance_lock lock;
    milliseconds const patience(0);
    if (!lock.lock_directory(settings.var_dir, patience) ||
        !lock.claim_server(persistence::identity_of(settings), patience)) {
        result.is = verdict::note;
        result.text = "not asked for an order: another agent is there (" + lock.holder() + ")";
        return result;
    }
    auto const way = std::ranges::find_if(on.all, [](auto const& one) { return !one.failed; });
    return asking(so_far).run(way == on.all.end() ? on.all.front() : *way);
}

} // namespace trafikito::agent::diagnosis
