#include "net/api/features.hpp"

#include "base/ascii.hpp"
#include "net/api/multipart.hpp"

namespace trafikito::net::api {

features parse_features(std::string_view header) {
    features found;
    while (!header.empty()) {
        auto const end = header.find(',');
        auto const word = base::trim_white_space(header.substr(0, end));
        header = end == std::string_view::npos ? std::string_view() : header.substr(end + 1);
        found.results = found.results || word == "results";
        found.collected_at = found.collected_at || word == "collected-at";
        found.report_id = found.report_id || word == "report-id";
    }
    return found;
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
