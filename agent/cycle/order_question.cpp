#include "agent/cycle/order_question.hpp"

#include "agent/cycle/identity_watch.hpp"
#include "agent/cycle/request_failure.hpp"
#include "agent/persistence/stop_file.hpp"
#include "base/units.hpp"

#include <utility>
#include <variant>

namespace trafikito::agent::cycle {

namespace asio = boost::asio;
using kind = cycle_outcome::kind;

namespace {

/// It came from where the question was counted, if it was. A gateway that gave up waiting does not
/// know whether the API will see the question yet.
bool is_answer_of_the_api(net::link::failure const& why) {
    constexpr unsigned gateway_timeout = 504; // RFC 9110
    return why.status != 0 && !why.foreign && why.status != gateway_timeout;
}

class question {
public:
    explicit question(question_tools with) : with_(with) {}

    asio::awaitable<order_or_end> ask(base::clock::steady_time until);

private:
    void take(net::api::order_answer&& answer);
    void take_order(net::api::order&& order);
    void take_last_order();
    void note_offers();
    void stop(std::string const& reason);
    void no_answer(net::link::failure const& why);
    void no_order(std::string what, std::string hint = {});
    void note(api_answer::kind what, std::string words, unsigned status = 0);

    question_tools with_;
    order_or_end came_to_;
};

asio::awaitable<order_or_end> question::ask(base::clock::steady_time until) {
    auto const& last = with_.state.value().last_order;
    auto previous = last ? last->token : std::string();
    persistence::log_saving(with_.log, with_.pace.asking(with_.settings.interval));
    auto answer = co_await with_.api.fetch_order(std::move(previous), until);
    if (answer) {
        with_.pace.answered();
        note_offers();
        take(std::move(*answer));
    } else {
        no_answer(answer.error());
    }
    co_return std::move(came_to_);
}

void question::take(net::api::order_answer&& answer) {
    if (auto* order = std::get_if<net::api::order>(&answer)) {
        note_order(with_.state, with_.log);
        take_order(std::move(*order));
    } else if (std::holds_alternative<net::api::unchanged>(answer)) {
        note_order(with_.state, with_.log);
        take_last_order();
    } else if (auto const* stopped = std::get_if<net::api::stop>(&answer)) {
        stop(stopped->reason);
    } else if (auto const* error = std::get_if<net::api::api_error>(&answer)) {
        with_.feedback.add(net::api::api_error_received(*error));
        bool const too_early = net::api::asked_too_often(*error);
        came_to_.end = too_early ? kind::too_early : kind::failed;
        note(too_early ? api_answer::kind::too_early : api_answer::kind::error,
             net::api::in_words(*error));
        no_order("the API says " + net::api::in_words(*error),
                 too_early ? "asking again when the next is due" + perhaps_another_one(with_.pace)
                           : "");
        if (too_early) {
            note_too_early(with_.settings, with_.state, with_.pace, with_.log);
        }
    } else if (auto const* garbage = std::get_if<net::api::not_an_order>(&answer)) {
        with_.feedback.add(net::api::invalid_cycle_data(garbage->what));
        note(api_answer::kind::nonsense, garbage->what);
        no_order(garbage->what);
    }
}

void question::take_order(net::api::order&& order) {
    note(api_answer::kind::order, "an order of " + base::count_of(order.names.size(), "command"));
    with_.pace.order_taken(order.delay);
    auto value = with_.state.value();
    value.last_order = order;
    value.edge = with_.api.edge();
    persistence::log_saving(with_.log, with_.state.note(std::move(value)));
    came_to_.order = std::move(order);
}

void question::take_last_order() {
    if (auto last = with_.state.value().last_order) {
        note(api_answer::kind::unchanged,
             "the last order once more (=), of " + base::count_of(last->names.size(), "command"));
        with_.pace.order_repeated(last->delay);
        last->widgets.clear(); // they came with it once
        came_to_.order = std::move(last);
        return;
    }
    std::string const what = "the API says that the order has not changed, but there was none";
    with_.feedback.add(net::api::invalid_cycle_data(what));
    note(api_answer::kind::nonsense, what);
    no_order(what);
}

void question::note(api_answer::kind what, std::string words, unsigned status) {
    came_to_.answer = {.what = what, .words = std::move(words), .status = status};
}

/// What the API wants to know and asks for; a process after this one begins with it.
void question::note_offers() {
    auto value = with_.state.value();
    value.machine_wanted = with_.api.wants_machine();
    value.least_interval = with_.api.least_interval();
    with_.state.change(std::move(value));
}

void question::stop(std::string const& reason) {
    auto const words = reason.empty() ? std::string(persistence::no_stop_reason) : reason;
    came_to_.end = kind::stopped;
    note(api_answer::kind::stop, "STOP: " + words);
    with_.audit.stopped(reason);
    auto const problem =
        persistence::write_stop_file(with_.settings.var_dir, with_.log.redacted(reason));
    came_to_.story = "stopped by the API: " + words;
    with_.log.warning(came_to_.story + "; nothing runs until " +
                      persistence::stop_file_in(with_.settings.var_dir).string() + " is removed");
    if (!problem.empty()) {
        with_.log.error(problem);
    }
}

void question::no_answer(net::link::failure const& why) {
    if (is_answer_of_the_api(why)) {
        with_.pace.answered();
    }
    // v1 gives each order a token of its own: without a new one there is nothing to answer to.
    bool const may_repeat =
        (why.retryable || why.foreign) && with_.settings.version == config::api_version::v2;
    came_to_.answered = false;
    came_to_.failed_at = net::link::name_of(why.at);
    note(why.status != 0 ? api_answer::kind::refused : api_answer::kind::none, why.message(),
         why.status);
    came_to_.order = may_repeat ? with_.state.value().last_order : std::nullopt;
    came_to_.story = log_failure(with_.log, why, "no order",
                                 came_to_.order ? "; the last one is run and its report kept" : "");
}

/// The answer was not an order; `what` says what it was.
void question::no_order(std::string what, std::string hint) {
    net::link::failure why;
    why.peer = with_.api.answered_by();
    why.what = std::move(what);
    why.hint = std::move(hint);
    came_to_.story = "no order: " + why.message();
    with_.log.warning(came_to_.story);
}

} // namespace

asio::awaitable<order_or_end> ask_for_order(question_tools with, base::clock::steady_time until) {
    question one(with);
    co_return co_await one.ask(until);
}

} // namespace trafikito::agent::cycle
