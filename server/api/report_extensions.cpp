#include "server/api/report_extensions.hpp"

#include "base/ascii.hpp"
#include "base/printable.hpp"
#include "base/time_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

namespace trafikito::server::api {

namespace {

namespace json = boost::json;

constexpr std::size_t max_results = 2UL * 1024 * 1024;
constexpr std::size_t max_objects = 4096;
constexpr std::chrono::minutes clock_tolerance{5};
// An agent's longest spool_max_age is a year; what claims to be older comes of a clock that was
// never set.
constexpr std::chrono::hours oldest{366 * 24};

bool is_hexadecimal(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

// RFC 9562, 4: 8-4-4-4-12 digits, a version of 1 to 8, the variant 10.
bool is_uuid(std::string_view text) {
    if (text.size() != 36) {
        return false;
    }
    for (std::size_t at = 0; at < text.size(); ++at) {
        bool const dash = at == 8 || at == 13 || at == 18 || at == 23;
        if (dash ? text[at] != '-' : !is_hexadecimal(text[at])) {
            return false;
        }
    }
    constexpr std::string_view variant = "89ab";
    return text[14] >= '1' && text[14] <= '8' && variant.find(text[19]) != std::string_view::npos;
}

std::string report_id_in(std::string_view sent, std::vector<left_out>& ignored) {
    std::string id(sent);
    std::ranges::transform(id, id.begin(), base::to_lower);
    if (!id.empty() && !is_uuid(id)) {
        ignored.push_back({"its id is no UUID", base::for_line(sent, 40)});
        id.clear();
    }
    return id;
}

std::optional<base::wall_time> collected_in(std::string_view sent, base::wall_time now,
                                            std::vector<left_out>& ignored) {
    if (sent.empty()) {
        return std::nullopt;
    }
    auto const time = base::parse_utc_time(sent);
    if (!time) {
        ignored.push_back({"the time of its collection is none", base::for_line(sent, 40)});
        return std::nullopt;
    }
    if (*time > now + clock_tolerance || *time < now - oldest) {
        ignored.push_back({"the time of its collection is not to be believed, is that machine's "
                           "clock right?",
                           base::for_line(sent, 40), true});
        return std::nullopt;
    }
    return std::min(*time, now);
}

bool are_results(std::string_view text) {
    json::parse_options limits;
    limits.max_depth = 8;
    boost::system::error_code failed;
    auto const value = json::parse({text.data(), text.size()}, failed, {}, limits);
    auto const* const all = failed ? nullptr : value.if_array();
    return all != nullptr && all->size() <= max_objects &&
           std::ranges::all_of(*all, [](auto const& each) { return each.is_object(); });
}

std::string_view results_in(std::string_view sent, std::vector<left_out>& ignored) {
    if (sent.size() > max_results) {
        ignored.push_back(
            {"its results are larger than 2 MiB", std::to_string(sent.size()) + " bytes"});
        return {};
    }
    if (!sent.empty() && !are_results(sent)) {
        ignored.push_back({"its results are no JSON array of at most 4096 objects", {}});
        return {};
    }
    return sent;
}

} // namespace

report_extensions read_extensions(sent_extensions const& sent, base::wall_time now) {
    report_extensions read;
    read.results = results_in(sent.results, read.ignored);
    read.collected = collected_in(sent.collected, now, read.ignored);
    read.report_id = report_id_in(sent.report_id, read.ignored);
    return read;
}

} // namespace trafikito::server::api
