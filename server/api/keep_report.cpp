// What both versions of the API do with a report: read it, store it once, say so.
#include "server/api/service.hpp"

#include "base/time_text.hpp"
#include "base/units.hpp"
#include "net/api/report.hpp"
#include "server/api/available_list.hpp"
#include "server/api/report_extensions.hpp"

namespace trafikito::server::api {

namespace {

namespace asio = boost::asio;

/// In an answer: what of the machine's quota was reached.
constexpr char const* quota_header = "Trafikito-Quota";
// More than any list of commands holds; a report of nothing but markers would fill the store with
// rows.
constexpr std::size_t max_sections = max_available_lines;

// Our own agent never glues a marker to output: there, one in the middle of a line is somebody's
// forgery.
net::api::parsed_report read_report(http::request const& request, std::string_view bytes) {
    bool const ours = http::find_header(request, "User-Agent").starts_with("trafikito-agent/");
    return net::api::parse_report(bytes, ours ? net::api::marker_place::line_start
                                              : net::api::marker_place::anywhere);
}

// A report that was cut short says nothing about the list; an empty last section says that it is
// empty.
std::optional<std::string> list_in(net::api::parsed_report const& report, std::string_view bytes) {
    bool const has_list = bytes.find(net::api::available_marker) != std::string_view::npos;
    return has_list ? std::optional(valid_lines(report.available)) : std::nullopt;
}

/// A report on its way to the disk, with the request that it points into.
struct coming_report : store::grouped_change {
    coming_report(std::shared_ptr<http::request const> request, roster::server_ptr of,
                  submission what, base::wall_time now)
        : grouped_change(request->body.size()), from(std::move(request)), server(std::move(of)),
          sent(std::move(what)) {
        result.now = now;
    }

    std::shared_ptr<http::request const> from;
    roster::server_ptr server;
    submission sent;
    net::api::parsed_report report;
    report_extensions more;
    kept_report result;
};

/// False when it cannot be stored as it is.
bool read(coming_report& one) {
    auto& result = one.result;
    one.report = read_report(*one.from, one.sent.output);
    result.sections = one.report.sections.size();
    if (result.sections > max_sections) {
        result.what = kept_report::kind::too_many_sections;
        return false;
    }
    one.more = read_extensions({one.sent.results, http::find_header(*one.from, collected_header),
                                http::find_header(*one.from, report_id_header)},
                               result.now);
    result.collected = one.more.collected;
    result.ignored = one.more.ignored;
    return true;
}

store::new_report as_stored(coming_report const& one) {
    store::report_facts facts;
    facts.token = one.sent.token;
    facts.took = one.sent.took;
    facts.report_id = one.more.report_id;
    facts.collected = one.more.collected;
    facts.results = one.more.results;
    facts.available = list_in(one.report, one.sent.output);
    return {.server_id = one.server->id, .report = &one.report, .facts = std::move(facts)};
}

void note_outcome(store::report_outcome const& outcome, store::new_report& stored,
                  coming_report& one) {
    auto& result = one.result;
    result.known_call = outcome.known_call;
    switch (outcome.what) {
    case store::report_outcome::kind::no_server:
        result.what = kept_report::kind::no_server;
        break;
    case store::report_outcome::kind::too_large:
        result.what = kept_report::kind::too_large;
        break;
    case store::report_outcome::kind::known:
        break;
    case store::report_outcome::kind::stored:
        result.stored = outcome.report;
        if (outcome.newest_list) {
            result.available = std::move(stored.facts.available);
        }
    }
}

std::string lateness(std::optional<base::wall_time> const& collected, base::wall_time now) {
    return collected
               ? ", collected " +
                     base::in_words(std::chrono::floor<std::chrono::seconds>(now - *collected)) +
                     " before it arrived"
               : "";
}

} // namespace

// On the store thread: what reports hold is looked at there, too.
void service::store_reports(value_taking& taking, store::store& kept,
                            std::span<store::change_ptr const> all) {
    std::vector<coming_report*> whole;
    std::vector<store::new_report> reports;
    for (auto const& each : all) {
        auto& one = static_cast<coming_report&>(*each);
        if (read(one)) {
            whole.push_back(&one);
            reports.push_back(as_stored(one));
            reports.back().facts.values =
                taking.take(one.server->id, one.report,
                            one.result.collected.value_or(one.result.now), one.result.now);
        }
    }
    if (reports.empty()) {
        return;
    }
    auto const outcomes = kept.add_reports(reports);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        note_outcome(outcomes[at], reports[at], *whole[at]);
    }
}

asio::awaitable<http::response> service::keep_report(request_ptr from, server_ptr server,
                                                     submission sent) {
    auto const now = now_();
    auto const bytes = sent.output.size() + sent.results.size();
    if (auto const verdict = rate_.admit(server->id, bytes, settings_.machine_rate, now);
        !verdict.admitted) {
        co_return too_many_reports(*from, *server, verdict);
    }
    auto const coming = std::make_shared<coming_report>(from, server, std::move(sent), now);
    try {
        auto stored = reports_.add(coming);
        co_await std::move(stored);
    } catch (store::store_error const& failure) {
        note_refusal(*from, server.get(), store::refused::store, failure.what());
        throw;
    }
    auto& kept = coming->result;
    using kind = kept_report::kind;
    if (kept.what == kind::no_server) {
        throw store::store_no_server("the server was removed");
    }
    if (kept.what == kind::too_large) {
        co_return refuse(*from, 413, "#too_large", "LARGER_THAN_ALL_THAT_IS_KEPT_OF_ONE_MACHINE",
                         server.get());
    }
    if (kept.what == kind::too_many_sections) {
        co_return refuse(*from, 400, "#report", "TOO_MANY_SECTIONS", server.get());
    }
    note_store("");
    if (kept.available) {
        roster_.has_list(server->id, *kept.available);
    }
    if (kept.stored && kept.stored->removed != 0) {
        roster_.read_anew();
    }
    auto answered = ok(*server);
    say_what_was_kept(kept, *server, coming->sent.output.size(), answered);
    for (auto const& one : kept.ignored) {
        note_refusal(*from, server.get(),
                     one.of_clock ? store::refused::clock : store::refused::left_out,
                     std::string(one.why) + (one.sent.empty() ? "" : ": " + one.sent));
    }
    co_return answered;
}

void service::say_what_was_kept(kept_report const& kept, store::server_row const& server,
                                std::size_t bytes, http::response& answered) {
    if (!kept.known_call) {
        log_.debug("the next report of " + name_of(server) +
                   " belongs to an order that is not known here (older than --keep, or given "
                   "before a new database)");
    }
    if (!kept.stored) {
        log_.debug("report of " + name_of(server) + " came again and is not stored twice");
        return;
    }
    ++counted_.reports;
    auto const begin =
        "report " + std::to_string(kept.stored->number) + " of " + name_of(server) + ": ";
    log_.debug(begin + base::count_of(kept.sections, "command") + ", " + std::to_string(bytes) +
               " bytes" + lateness(kept.collected, kept.now));
    for (auto const& one : kept.ignored) {
        auto const without = std::string(one.why) + "; stored without";
        strangers_.note(base::severity::warning, "a report of " + name_of(server) + ": " + without,
                        "", std::chrono::steady_clock::now());
        log_.debug(begin + without + (one.sent.empty() ? "" : ": " + one.sent));
    }
    if (kept.stored->removed != 0) {
        log_.info(name_of(server) + " is the last machine that its enrolment token allows: " +
                  base::count_of(static_cast<std::size_t>(kept.stored->removed), "server") +
                  " of the token that had not reported yet went");
    }
    if (kept.stored->gave_way != 0) {
        auto const words = base::count_of(kept.stored->gave_way, "old report") + " of it gave way";
        answered.headers.emplace_back(quota_header, words);
        strangers_.note(base::severity::warning,
                        name_of(server) + " has reached the quota of one machine: its oldest "
                                          "reports give way (`serve --machine-quota`)",
                        "", std::chrono::steady_clock::now());
    }
}

http::response service::too_many_reports(http::request const& from, store::server_row const& server,
                                         report_rate::verdict const& verdict) {
    constexpr std::string_view code = "#too_many_reports";
    constexpr std::string_view message = "TOO_MANY_REPORTS_SEND_THEM_LATER";
    // Said once until one is admitted again: who sends too much shall not fill the log either.
    if (verdict.first_refusal) {
        log_refusal(from, 429, message, &server);
    }
    note_refusal(from, &server, code.substr(1), message);
    auto answer = error_answer(429, code, message);
    answer.headers.emplace_back("Retry-After", std::to_string(verdict.wait.count()));
    answer.headers.emplace_back(quota_header, base::in_bytes(settings_.machine_rate) + " or " +
                                                  std::to_string(report_rate::max_reports) +
                                                  " reports a minute");
    answer.sender = server.id;
    return answer;
}

} // namespace trafikito::server::api
