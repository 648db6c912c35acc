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

// On the store thread: what a report holds is looked at there, too.
kept_report store_report(http::request const& from, store::server_row const& server,
                         submission const& sent, base::wall_time now, store::store& kept) {
    kept_report result;
    result.now = now;
    auto const report = read_report(from, sent.output);
    result.sections = report.sections.size();
    result.too_many_sections = result.sections > max_sections;
    if (result.too_many_sections) {
        return result;
    }
    auto const more = read_extensions({sent.results, http::find_header(from, collected_header),
                                       http::find_header(from, report_id_header)},
                                      now);
    result.collected = more.collected;
    result.ignored = more.ignored;
    result.known_call = sent.token.empty() || kept.knows_call(server.id, sent.token);
    store::report_facts facts;
    facts.token = sent.token;
    facts.took = sent.took;
    facts.report_id = more.report_id;
    facts.collected = more.collected;
    facts.results = more.results;
    facts.available = list_in(report, sent.output);
    result.stored = kept.add_report(server.id, report, facts);
    result.row = kept.find_server(server.id);
    return result;
}

std::string lateness(std::optional<base::wall_time> const& collected, base::wall_time now) {
    return collected
               ? ", collected " +
                     base::in_words(std::chrono::floor<std::chrono::seconds>(now - *collected)) +
                     " before it arrived"
               : "";
}

} // namespace

asio::awaitable<http::response> service::keep_report(request_ptr from, server_ptr server,
                                                     submission sent) {
    auto const now = now_();
    auto const bytes = sent.output.size() + sent.results.size();
    if (auto const verdict = rate_.admit(server->id, bytes, settings_.machine_rate, now);
        !verdict.admitted) {
        co_return too_many_reports(*from, *server, verdict);
    }
    auto work = [from, server, sent, now](store::store& kept) {
        return store_report(*from, *server, sent, now, kept);
    };
    kept_report kept;
    bool too_large = false;
    try {
        kept = co_await store_.run(from->body.size(), std::move(work));
    } catch (store::store_too_large const&) {
        too_large = true;
    } catch (store::store_no_server const&) {
        throw;
    } catch (store::store_error const& failure) {
        note_refusal(*from, server.get(), store::refused::store, failure.what());
        throw;
    }
    if (too_large) {
        co_return refuse(*from, 413, "#too_large", "LARGER_THAN_ALL_THAT_IS_KEPT_OF_ONE_MACHINE",
                         server.get());
    }
    if (kept.too_many_sections) {
        co_return refuse(*from, 400, "#report", "TOO_MANY_SECTIONS", server.get());
    }
    note_store("");
    if (kept.row) {
        roster_.put(std::move(*kept.row));
    }
    if (kept.stored && kept.stored->removed != 0) {
        roster_.read_anew();
    }
    auto answered = ok(*server);
    say_what_was_kept(kept, *server, sent.output.size(), answered);
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
