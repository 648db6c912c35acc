#pragma once
// What a server of ours understands besides v1 and v2, as it says in a header of its answer to an
// order: `Trafikito-Features: results, collected-at, report-id` (doc/protocol.md, "Ours alone").
// Both versions of the API send reports by it. Towards any other API nothing of it is sent.

#include "net/api/client.hpp"

#include <string>
#include <string_view>

namespace trafikito::net::api {

struct features {
    bool results = false;      ///< the form field `results`
    bool collected_at = false; ///< the header `Trafikito-Collected-At`
    bool report_id = false;    ///< the header `Trafikito-Report-Id`

    friend bool operator==(features const&, features const&) = default;
};

/// Words that are not known here are skipped.
features parse_features(std::string_view header);

/// The headers that go with this report.
void add_headers(http::request& to, report_delivery const& what, features const& understood);

/// The form field that goes with it, its boundary line included; empty when there is none.
std::string results_part(std::string_view boundary, report_delivery const& what,
                         features const& understood);

} // namespace trafikito::net::api
