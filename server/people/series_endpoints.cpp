#include "server/people/series_endpoints.hpp"

#include "server/people/answers.hpp"
#include "server/people/json_values.hpp"
#include "server/people/machine_endpoints.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace trafikito::server::people {

namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr milliseconds usual_time = std::chrono::hours(1);

/// What people count time by, so that points of one step lie at full minutes and hours.
constexpr std::array<std::int64_t, 15> minutes_of_steps{
    2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080, 20160, 43200};

json::array points_json(store::series_points const& of, bool as_they_came) {
    json::array list;
    list.reserve(of.points.size());
    for (auto const& each : of.points) {
        json::array point{to_milliseconds(each.at), each.average};
        if (!as_they_came) {
            point.push_back(each.minimum);
            point.push_back(each.maximum);
        }
        list.push_back(std::move(point));
    }
    return list;
}

http::response series_json(store::store& kept, std::string const& id, base::wall_time from,
                           base::wall_time to, milliseconds step) {
    require_server(kept, id);
    auto const found = kept.points(id, from, to, step);
    bool const as_they_came = found.step == milliseconds(0);
    std::map<std::int64_t, store::series_points const*> by_series;
    for (auto const& each : found.series) {
        by_series[each.series] = &each;
    }
    json::array list;
    for (auto const& each : kept.series(id)) {
        if (auto const points = by_series.find(each.id); points != by_series.end()) {
            list.push_back(json::object{{"id", each.id},
                                        {"command", each.command},
                                        {"name", each.name},
                                        {"instance", each.instance},
                                        {"unit", each.unit},
                                        {"chart", each.chart},
                                        {"points", points_json(*points->second, as_they_came)}});
        }
    }
    return json_answer({{"from", to_milliseconds(from)},
                        {"to", to_milliseconds(to)},
                        {"step_ms", found.step.count()},
                        {"series", std::move(list)}});
}

} // namespace

milliseconds step_for(milliseconds time, std::int64_t points) {
    using std::chrono::minutes;
    if (time <= points * minutes(1)) {
        return milliseconds(0);
    }
    auto const* const enough = std::ranges::find_if(
        minutes_of_steps, [&](auto each) { return time <= points * minutes(each); });
    return minutes(enough == minutes_of_steps.end() ? minutes_of_steps.back() : *enough);
}

void series_endpoints::add_to(router& routes) {
    routes.add({"GET", "/api/v1/machines/{}/series", access::reader,
                [this](call_ptr what) { return series(std::move(what)); }});
}

answering series_endpoints::series(call_ptr what) {
    auto const to = from_milliseconds(
        what->number("to", 0, latest_time).value_or(to_milliseconds(with_.now())));
    auto const from = from_milliseconds(
        what->number("from", 0, latest_time).value_or(to_milliseconds(to - usual_time)));
    auto const points = what->number("points", 1, max_points).value_or(usual_points);
    if (from > to) {
        throw failure(invalid, "from must not be later than to.");
    }
    auto const step = step_for(std::chrono::duration_cast<milliseconds>(to - from), points);
    auto read = [id = what->parts.at(0), from, to, step](store::store& kept) {
        return series_json(kept, id, from, to, step);
    };
    auto work = with_.reads.run(0, std::move(read));
    auto answer = co_await std::move(work);
    co_return answer;
}

} // namespace trafikito::server::people
