#include "agent/persistence/spool_trailer.hpp"

#include "base/checksum.hpp"
#include "base/number.hpp"
#include "base/random.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <algorithm>
#include <exception>

namespace trafikito::agent::persistence {

namespace json = boost::json;

namespace {

constexpr std::string_view magic = "trafikito-report 2 ";
constexpr std::string_view older_magic = "trafikito-report 1 ";
static_assert(spent_mark.size() == magic.size() && older_magic.size() == magic.size());
constexpr std::size_t report_digits = 16;
constexpr std::size_t json_digits = 8;
constexpr std::size_t sum_digits = 8;
static_assert(magic.size() + report_digits + 1 + json_digits + 1 + sum_digits + 1 ==
              trailer_end_size);

constexpr std::int64_t longest_cycle = 86'400; ///< seconds

std::string hexadecimal(std::uint64_t value, std::size_t digits) {
    std::string text(digits, '0');
    for (std::size_t at = digits; at > 0 && value != 0; value /= 16) {
        text[--at] = "0123456789abcdef"[value % 16];
    }
    return text;
}

struct end_line {
    std::uint64_t report_size = 0;
    std::uint64_t json_size = 0; ///< its newline included
    std::uint64_t sum = 0;
    bool in_place = true;
};

std::optional<end_line> parse_end(std::string_view line) {
    bool const in_place = line.starts_with(magic);
    bool const known = in_place || line.starts_with(older_magic);
    if (line.size() != trailer_end_size || !known || line.back() != '\n') {
        return std::nullopt;
    }
    line.remove_prefix(magic.size());
    auto const report_size = base::number_in<std::uint64_t>(line.substr(0, report_digits), 16);
    auto const json_size =
        base::number_in<std::uint64_t>(line.substr(report_digits + 1, json_digits), 16);
    auto const sum = base::number_in<std::uint64_t>(
        line.substr(report_digits + json_digits + 2, sum_digits), 16);
    if (!report_size || !json_size || !sum || *json_size == 0 ||
        *json_size + trailer_end_size > max_trailer_size) {
        return std::nullopt;
    }
    return end_line{*report_size, *json_size, *sum, in_place};
}

report_metadata facts_in(json::object const& object) {
    report_metadata facts;
    facts.id = json::value_to<std::string>(object.at("id"));
    facts.token = json::value_to<std::string>(object.at("token"));
    facts.collected = base::timestamp_from(object.at("collected"));
    facts.last_cycle = std::chrono::seconds(
        std::clamp<std::int64_t>(object.at("lastCycle").as_int64(), 0, longest_cycle));
    facts.results = json::value_to<std::string>(object.at("results"));
    return facts;
}

} // namespace

std::string format_trailer(trailer const& value) {
    json::object const object{{"id", value.facts.id},
                              {"token", value.facts.token},
                              {"collected", base::to_json(value.facts.collected)},
                              {"lastCycle", value.facts.last_cycle.count()},
                              {"results", value.facts.results},
                              {"number", value.number},
                              {"identity", value.identity},
                              {"reportCrc32", value.report_sum}};
    auto text = json::serialize(object) + "\n";
    auto const sum = base::checksum(text);
    auto const size = text.size();
    text += magic;
    text += hexadecimal(value.report_size, report_digits) + ' ' + hexadecimal(size, json_digits) +
            ' ' + hexadecimal(sum, sum_digits) + '\n';
    return text;
}

std::optional<std::uint64_t> trailer_size(std::string_view end) {
    auto const line = parse_end(end);
    return line ? std::optional(line->json_size + trailer_end_size) : std::nullopt;
}

std::optional<trailer> parse_trailer(std::string_view text) try {
    if (text.size() < trailer_end_size) {
        return std::nullopt;
    }
    auto const end = parse_end(text.substr(text.size() - trailer_end_size));
    auto const content = text.substr(0, text.size() - trailer_end_size);
    if (!end || end->json_size != content.size() || end->sum != base::checksum(content)) {
        return std::nullopt;
    }
    auto const document = json::parse({content.data(), content.size()});
    auto const& object = document.as_object();
    trailer read;
    read.facts = facts_in(object);
    read.report_size = end->report_size;
    read.in_place = end->in_place;
    if (read.in_place) {
        read.number = json::value_to<std::uint64_t>(object.at("number"));
        read.identity = json::value_to<std::string>(object.at("identity"));
        read.report_sum = json::value_to<std::uint32_t>(object.at("reportCrc32"));
    }
    return read;
} catch (std::exception const&) {
    return std::nullopt; // not JSON, or not what we write
}

std::string random_uuid() {
    // Not Boost's own source, which has no way to go where getrandom(2) is refused.
    base::random_source source;
    boost::uuids::basic_random_generator<base::random_source> draw(source);
    return boost::uuids::to_string(draw());
}

} // namespace trafikito::agent::persistence
