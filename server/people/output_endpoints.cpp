#include "server/people/output_endpoints.hpp"

#include "base/printable.hpp"
#include "server/people/answers.hpp"
#include "server/people/ended_json.hpp"
#include "server/people/json_values.hpp"
#include "server/people/machine_endpoints.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace trafikito::server::people {

namespace {

namespace json = boost::json;
using order = store::store::first_come;

constexpr std::int64_t usual_reports = 500;
constexpr std::int64_t max_reports = 2000;
constexpr std::int64_t usual_bytes = 64L * 1024; ///< of one output
constexpr std::int64_t max_bytes = 1024L * 1024;
/// Of all outputs of an answer: what is beyond is asked for one by one.
constexpr std::size_t max_all = 8UL * 1024 * 1024;

base::wall_time time_of(std::optional<std::int64_t> const& given, std::int64_t otherwise) {
    return from_milliseconds(given.value_or(otherwise));
}

json::value report_json(store::report_row const& row) {
    return json::object{{"id", row.id},
                        {"at", to_milliseconds(row.data_time())},
                        {"received_at", to_milliseconds(row.received)},
                        {"late", row.collected.has_value()}};
}

json::value first_json(std::vector<store::report_row> const& rows) {
    return rows.empty() ? json::value(nullptr) : report_json(rows.front());
}

/// Bytes that no text has.
bool is_binary(std::string_view bytes) {
    return bytes.find('\0') != std::string_view::npos;
}

json::array outputs_json(store::store& kept, store::report_row const& report, std::size_t limit) {
    json::array list;
    ended_commands ended(kept.results(report));
    std::size_t all = 0;
    for (auto const& each : kept.outputs(report)) {
        auto const shown =
            std::string_view(each.bytes)
                .substr(0, base::whole_characters(
                               each.bytes, std::min(limit, max_all - std::min(all, max_all))));
        all += shown.size();
        list.push_back(json::object{{"command", each.command},
                                    {"bytes", each.bytes.size()},
                                    {"text", shown},
                                    {"truncated", shown.size() < each.bytes.size()},
                                    {"binary", is_binary(each.bytes)},
                                    {"ended", ended.next_of(each.command)}});
    }
    return list;
}

constexpr std::chrono::milliseconds a_moment{1};

http::response outputs_at(store::store& kept, std::string const& id, base::wall_time at,
                          std::size_t limit) {
    require_server(kept, id);
    auto const before = kept.reports_in(id, from_milliseconds(0), at, 2, order::newest);
    json::object answer{
        {"report", first_json(before)},
        {"previous", before.size() < 2 ? json::value(nullptr) : report_json(before[1])},
        {"next", first_json(kept.reports_in(id, at + a_moment, from_milliseconds(latest_time), 1,
                                            order::oldest))},
        {"outputs", json::array()}};
    if (!before.empty()) {
        answer["outputs"] = outputs_json(kept, before.front(), limit);
    }
    return json_answer(std::move(answer));
}

/// All outputs of that name in the report, one behind the other.
std::shared_ptr<std::string const> whole_output(store::store& kept, std::string const& id,
                                                std::string const& command, base::wall_time at) {
    require_server(kept, id);
    auto const found = kept.reports_in(id, from_milliseconds(0), at, 1, order::newest);
    auto bytes = std::make_shared<std::string>();
    bool any = false;
    if (!found.empty()) {
        for (auto const& each : kept.outputs(found.front())) {
            if (each.command == command) {
                *bytes += each.bytes;
                any = true;
            }
        }
    }
    if (!any) {
        throw failure(not_found, "There is no output of this command at this time.");
    }
    return bytes;
}

} // namespace

void output_endpoints::add_to(router& routes) {
    using self = output_endpoints;
    auto const add = [&](char const* path, answering (self::*answer)(call_ptr)) {
        routes.add({"GET", path, access::reader,
                    [this, answer](call_ptr what) { return (this->*answer)(std::move(what)); }});
    };
    add("/api/v1/machines/{}/reports", &self::reports);
    add("/api/v1/machines/{}/outputs", &self::outputs);
    add("/api/v1/machines/{}/outputs/{}", &self::output);
}

answering output_endpoints::reports(call_ptr what) {
    auto const from = time_of(what->number("from", 0, latest_time), 0);
    auto const to = time_of(what->number("to", 0, latest_time), latest_time);
    auto const limit = what->number("limit", 1, max_reports).value_or(usual_reports);
    auto read = [id = what->parts.at(0), from, to, limit](store::store& kept) {
        auto const row = require_server(kept, id);
        json::array list;
        auto rows = kept.reports_in(id, from, to, limit, order::newest);
        std::ranges::reverse(rows);
        for (auto const& each : rows) {
            list.push_back(report_json(each));
        }
        return json_answer({{"oldest_at", time_value(kept.oldest_data(id))},
                            {"newest_at", time_value(row.last_data)},
                            {"reports", std::move(list)}});
    };
    auto work = with_.reads.run(0, std::move(read));
    auto answer = co_await std::move(work);
    co_return answer;
}

answering output_endpoints::outputs(call_ptr what) {
    auto const at = time_of(what->number("at", 0, latest_time), latest_time);
    auto const limit = what->number("limit", 1, max_bytes).value_or(usual_bytes);
    auto read = [id = what->parts.at(0), at, limit](store::store& kept) {
        return outputs_at(kept, id, at, static_cast<std::size_t>(limit));
    };
    auto work = with_.reads.run(0, std::move(read));
    auto answer = co_await std::move(work);
    co_return answer;
}

answering output_endpoints::output(call_ptr what) {
    auto const at = time_of(what->number("at", 0, latest_time), latest_time);
    auto read = [id = what->parts.at(0), command = what->parts.at(1), at](store::store& kept) {
        return whole_output(kept, id, command, at);
    };
    auto work = with_.reads.run(0, std::move(read));
    http::response answer;
    answer.shared_body = co_await std::move(work);
    answer.content_type = "application/octet-stream";
    answer.headers.emplace_back("Content-Disposition", "attachment; filename=\"output.txt\"");
    co_return answer;
}

} // namespace trafikito::server::people
