#pragma once
// What a server of ours understands besides v1 and v2, as it says in a header of its answer to an
// order: `Trafikito-Features: results, collected-at, report-id, machine` (doc/protocol.md, "Ours
// alone").
// Both versions of the API send reports by it. Towards any other API nothing of it is sent.

#include "net/api/client.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace trafikito::net::api {

struct features {
    bool results = false;      ///< the form field `results`
    bool collected_at = false; ///< the header `Trafikito-Collected-At`
    bool report_id = false;    ///< the header `Trafikito-Report-Id`
    bool machine = false;      ///< machine_word

    friend bool operator==(features const&, features const&) = default;
};

/// Words that are not known here are skipped.
features parse_features(std::string_view header);

/// `Trafikito-Min-Interval`: whole seconds; more than 1 h counts as 1 h. 0 for anything else.
std::chrono::seconds parse_least_interval(std::string_view header);

/// The headers `Trafikito-Boot` and `Trafikito-Interval` (whole seconds, upwards) of the questions
/// and reports to an API that offered `machine`, and what it answers to them. "Too early" takes the
/// offer back no more than silence does: of two machines with one identity the second hears nothing
/// else, and must be told apart.
class machine_word {
public:
    explicit machine_word(machine_facts facts) : facts_(std::move(facts)) {}

    /// An answer to a question for an order came.
    void heard(http::response const& answer, std::optional<api_error> const& error);
    void add_headers(http::request& to) const;

    [[nodiscard]] bool wanted() const { return facts_.wanted; }
    [[nodiscard]] std::chrono::seconds least_interval() const { return facts_.least_interval; }

private:
    machine_facts facts_;
};

/// The headers that go with this report.
void add_headers(http::request& to, report_delivery const& what, features const& understood);

/// The form field that goes with it, its boundary line included; empty when there is none.
std::string results_part(std::string_view boundary, report_delivery const& what,
                         features const& understood);

} // namespace trafikito::net::api
