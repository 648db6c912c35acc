#include "net/api/features.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "net/api/multipart.hpp"

#include <algorithm>
#include <cstdint>

namespace trafikito::net::api {

using std::chrono::seconds;

namespace {

constexpr seconds longest_interval{3600};

} // namespace

features parse_features(std::string_view header) {
    features found;
    while (!header.empty()) {
        auto const end = header.find(',');
        auto const word = base::trim_white_space(header.substr(0, end));
        header = end == std::string_view::npos ? std::string_view() : header.substr(end + 1);
        found.results = found.results || word == "results";
        found.collected_at = found.collected_at || word == "collected-at";
        found.report_id = found.report_id || word == "report-id";
        found.machine = found.machine || word == "machine";
    }
    return found;
}

std::chrono::seconds parse_least_interval(std::string_view header) {
    constexpr std::string_view digits = "0123456789";
    header = base::trim_white_space(header);
    if (header.empty() || header.find_first_not_of(digits) != std::string_view::npos) {
        return seconds(0);
    }
    auto const number = base::number_in<std::int64_t>(header);
    return number ? std::min(seconds(*number), longest_interval) : longest_interval;
}

void machine_word::heard(http::response const& answer, std::optional<api_error> const& error) {
    auto const least = parse_least_interval(answer.min_interval);
    if (error && asked_too_often(*error)) {
        facts_.least_interval = least > seconds(0) ? least : facts_.least_interval;
        return;
    }
    if (least == seconds(0) && answer.status / 100 != 2) {
        return; // of somebody in front of the API, perhaps, who knows nothing of it
    }
    facts_.wanted = parse_features(answer.features).machine;
    facts_.least_interval = facts_.wanted ? least : seconds(0);
}

void machine_word::add_headers(http::request& to) const {
    if (!facts_.wanted) {
        return;
    }
    auto const interval =
        std::max<std::chrono::milliseconds>(facts_.interval, facts_.least_interval);
    if (!facts_.boot_id.empty()) {
        to.headers.emplace_back("Trafikito-Boot", facts_.boot_id);
    }
    to.headers.emplace_back("Trafikito-Interval",
                            std::to_string(std::chrono::ceil<seconds>(interval).count()));
}

void add_headers(http::request& to, report_delivery const& what, features const& understood) {
    if (understood.report_id && !what.id.empty()) {
        to.headers.emplace_back("Trafikito-Report-Id", what.id);
    }
    if (understood.collected_at && !what.collected_at.empty()) {
        to.headers.emplace_back("Trafikito-Collected-At", what.collected_at);
    }
}

std::string results_part(std::string_view boundary, report_delivery const& what,
                         features const& understood) {
    if (!understood.results || what.results.empty()) {
        return {};
    }
    return open_field(boundary, "results") + what.results + "\r\n";
}

} // namespace trafikito::net::api
