#include "agent/cycle/delivery.hpp"

#include "base/units.hpp"

#include <utility>

namespace trafikito::agent::cycle {

namespace asio = boost::asio;

namespace {

/// It said no, and would say so again; a stranger in its place says nothing.
bool is_refusal(net::link::failure const& why) {
    return why.status != 0 && !why.retryable && !why.foreign;
}

} // namespace

std::string delivery::settle() {
    auto problem = with_.spool.park();
    with_.log.on_change(base::severity::warning, "spool move",
                        problem.empty() ? ""
                                        : "a report that was not accepted waits where it was "
                                          "gathered, since it cannot be moved: " +
                                              problem);
    return problem;
}

void delivery::keep(persistence::report_file& report, persistence::report_metadata facts) {
    facts_ = std::move(facts);
    std::uint64_t number = 0;
    auto const problem = with_.spool.keep(report, facts_, number);
    if (problem.empty()) {
        number_ = number;
    }
    with_.log.on_change(base::severity::warning, "spool",
                        problem.empty() ? ""
                                        : "the disk does not keep reports: one that the API does "
                                          "not take in its cycle is lost (" +
                                              problem + ")",
                        "the disk keeps reports again");
    with_.log.on_change(base::severity::warning, "spool damage",
                        with_.spool.damage().empty()
                            ? ""
                            : "reports that were damaged on the disk, or are of another server, "
                              "are not sent: " +
                                  with_.spool.damage());
}

asio::awaitable<net::link::result<void>> delivery::send(persistence::report_file const& report,
                                                        net::link::steady_time until) {
    net::api::report_delivery fresh{.token = facts_.token,
                                    .report = report.content(),
                                    .last_cycle = facts_.last_cycle,
                                    .until = until,
                                    .results = facts_.results,
                                    .id = facts_.id,
                                    .collected_at = {}};
    auto sent = co_await with_.api.send_report(std::move(fresh));
    record(facts_, report.size(), sent);
    if (sent) {
        with_.log.on_change(base::severity::warning, "too large", "");
        if (number_) {
            done(*number_);
        }
        co_return sent;
    }
    if (number_ && is_refusal(sent.error())) {
        refuse(*number_, sent.error());
    }
    if (!number_) {
        with_.log.error("a report is lost: it was not accepted, and the disk did not keep it");
    }
    co_return sent;
}

asio::awaitable<void> delivery::send_late(net::link::steady_time until) {
    for (std::size_t tried = 0; tried < max_late_a_cycle; ++tried) {
        auto late = with_.time.steady_now() < until ? with_.spool.oldest(with_.time.steady_now())
                                                    : std::nullopt;
        if (!late) {
            co_return;
        }
        bool const go_on = co_await send_one(std::move(*late), until);
        if (!go_on) {
            co_return;
        }
    }
}

/// False when the API did not answer.
asio::awaitable<bool> delivery::send_one(persistence::kept_report late,
                                         net::link::steady_time until) {
    auto const number = late.number;
    auto const facts = late.facts;
    auto const size = late.content.size();
    net::api::report_delivery again{.token = facts.token,
                                    .report = std::move(late.content),
                                    .last_cycle = facts.last_cycle,
                                    .until = until,
                                    .results = facts.results,
                                    .id = facts.id,
                                    .collected_at = base::rfc3339(facts.collected)};
    auto const sent = co_await with_.api.send_report(std::move(again));
    record(facts, size, sent);
    if (sent) {
        ++late_sent_;
        done(number);
        co_return true;
    }
    bool const refused = is_refusal(sent.error());
    if (sent.error().status == content_too_large) {
        give_up(number, facts, size, sent.error());
    } else {
        if (refused) {
            refuse(number, sent.error());
        }
        with_.log.warning("late report " + std::string(refused ? "refused: " : "not delivered: ") +
                          sent.error().message());
    }
    co_return refused;
}

void delivery::refuse(std::uint64_t number, net::link::failure const& why) {
    auto const now = with_.time.steady_now();
    if (why.status != content_too_large) {
        with_.spool.refused(number, now);
    } else if (with_.spool.too_large(number, now)) {
        with_.log.on_change(base::severity::warning, "too large",
                            "reports that are too large for the API are given up but for the last");
    }
}

/// A late one that an API refuses which has just taken another.
void delivery::give_up(std::uint64_t number, persistence::report_metadata const& facts,
                       std::uint64_t size, net::link::failure const& why) {
    auto const problem = with_.spool.give_up(number);
    with_.log.warning("late report of " + base::rfc3339(facts.collected) + " given up, " +
                      base::in_bytes(size) + ": it would be refused again: " + why.message() +
                      "; " + base::count_of(with_.spool.count(), "late report") + " wait");
    if (!problem.empty()) {
        with_.log.warning(problem);
    }
}

void delivery::done(std::uint64_t number) {
    auto const problem = with_.spool.accepted(number);
    with_.log.on_change(base::severity::warning, "spool removal",
                        problem.empty() ? "" : "a delivered report stays on the disk: " + problem);
}

void delivery::record(persistence::report_metadata const& facts, std::uint64_t size,
                      net::link::result<void> const& sent) {
    with_.audit.sent("report " + facts.id + " of " + base::local_time(facts.collected) + ", " +
                     std::to_string(size) +
                     " bytes: " + (sent ? "accepted" : "not accepted: " + sent.error().message()));
}

std::string delivery::in_words_too_large(std::uint64_t size, std::string const& largest) const {
    auto text = "it has " + base::in_bytes(size) +
                " (max_report = " + base::in_bytes(with_.settings.max_report) +
                ", max_output = " + base::in_bytes(with_.settings.max_output) + " of one command)" +
                (largest.empty() ? "" : ", most of it of " + largest);
    text += number_ ? "; it is offered once more after an hour, then given up" : "; it is lost";
    auto const others = with_.spool.count() - (number_ ? 1 : 0);
    return others == 0 ? text : text + "; " + base::count_of(others, "late report") + " wait";
}

void delivery::tidy() {
    persistence::spool_limits const limits{.max_size = with_.settings.spool_max_size,
                                           .max_age = with_.settings.spool_max_age};
    auto const lost = with_.spool.forget(limits, with_.time.stamp());
    if (lost.too_old != 0) {
        with_.log.warning(base::count_of(lost.too_old, "report") +
                          " given up: the API did not take them within spool_max_age");
    }
    if (lost.too_large != 0) {
        with_.log.warning(base::count_of(lost.too_large, "report") +
                          " given up: no room in the spool (spool_max_size)");
    }
}

} // namespace trafikito::agent::cycle
