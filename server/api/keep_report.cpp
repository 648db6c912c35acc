// What both versions of the API do with a report: read it, store it once, say so.
#include "server/api/service.hpp"

#include "base/time_text.hpp"
#include "net/api/report.hpp"
#include "server/api/available_list.hpp"
#include "server/api/report_extensions.hpp"

namespace trafikito::server::api {

namespace {

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

std::string lateness(std::optional<base::wall_time> const& collected, base::wall_time now) {
    return collected
               ? ", collected " +
                     base::in_words(std::chrono::floor<std::chrono::seconds>(now - *collected)) +
                     " before it arrived"
               : "";
}

} // namespace

http::response service::keep_report(http::request const& request, store::server_row const& server,
                                    submission const& sent) {
    auto const now = store_.now();
    if (auto const verdict = rate_.admit(server.id, sent.output.size() + sent.results.size(), now);
        !verdict.admitted) {
        return too_many_reports(request, server, verdict);
    }
    auto const report = read_report(request, sent.output);
    if (report.sections.size() > max_sections) {
        return refuse(request, 400, "#report", "TOO_MANY_SECTIONS");
    }
    auto const more = read_extensions({sent.results, http::find_header(request, collected_header),
                                       http::find_header(request, report_id_header)},
                                      now);
    store::report_facts facts;
    facts.token = sent.token;
    facts.took = sent.took;
    facts.report_id = more.report_id;
    facts.collected = more.collected;
    facts.results = more.results;
    facts.available = list_in(report, sent.output);
    if (auto const number = store_.add_report(server.id, report, facts)) {
        auto const begin = "report " + std::to_string(*number) + " of " + name_of(server) + ": ";
        log_(begin + std::to_string(report.sections.size()) + " commands, " +
             std::to_string(sent.output.size()) + " bytes" + lateness(more.collected, now));
        for (auto const& why : more.ignored) {
            log_(begin + why + "; stored without");
        }
    } else {
        log_("report of " + name_of(server) + " came again and is not stored twice");
    }
    return {200, "text/plain; charset=utf-8", "OK", {}};
}

http::response service::too_many_reports(http::request const& request,
                                         store::server_row const& server,
                                         report_rate::verdict const& verdict) {
    constexpr std::string_view code = "#too_many_reports";
    constexpr std::string_view message = "TOO_MANY_REPORTS_SEND_THEM_LATER";
    // Said once until one is admitted again: who sends too much shall not fill the log either.
    auto answer = verdict.first_refusal ? refuse(request, 429, code, message, &server)
                                        : error_answer(429, code, message);
    answer.headers.emplace_back("Retry-After", std::to_string(verdict.wait.count()));
    return answer;
}

} // namespace trafikito::server::api
