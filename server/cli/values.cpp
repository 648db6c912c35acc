// trafikito-server values: the newest numbers out of a server's outputs, or what a rule finds in
// the latest one.
#include "base/printable.hpp"
#include "base/time_text.hpp"
#include "base/units.hpp"
#include "config/diagnostic.hpp"
#include "server/cli/commands.hpp"
#include "server/cli/data_directory.hpp"
#include "server/cli/screen.hpp"
#include "server/cli/values_file.hpp"
#include "server/values/explain.hpp"
#include "server/values/select.hpp"
#include "server/values/take.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <stdexcept>
#include <utility>

namespace trafikito::server::cli {

namespace {

namespace json = boost::json;

/// The shortest that is read as the same.
std::string number_text(double value) {
    std::array<char, 32> text{};
    auto const end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    return {text.data(), end};
}

std::string age_of(base::wall_time at, base::wall_time now) {
    auto const age = std::chrono::floor<std::chrono::seconds>(now - at);
    if (age < std::chrono::seconds(1)) {
        return age < std::chrono::seconds(0) ? "-" : "now";
    }
    return base::in_words(age);
}

struct newest {
    store::series_row series;
    store::value_point point;
};

/// Of each series its newest value, as far as it is kept.
std::vector<newest> newest_of(store::store& kept, std::string const& server_id) {
    std::map<std::int64_t, store::value_point> last;
    auto const now = kept.now();
    using std::chrono::hours;
    for (auto const back : {hours(4), hours(24 * 8), hours(24 * 365 * 10)}) {
        auto const found = kept.points(server_id, now - back, now + hours(24), {});
        for (auto const& one : found.series) {
            last.try_emplace(one.series, one.points.back());
        }
        if (!last.empty() && back == hours(4)) {
            break; // what reports now is what people look for
        }
    }
    std::vector<newest> all;
    for (auto& series : kept.series(server_id)) {
        if (auto const at = last.find(series.id); at != last.end()) {
            all.push_back({std::move(series), at->second});
        }
    }
    return all;
}

json::object as_json(values::taken_value const& one) {
    return {{"command", base::one_line(one.command)},
            {"name", one.name},
            {"instance", one.instance},
            {"unit", one.unit},
            {"chart", one.chart},
            {"value", one.value}};
}

void print_json(json::value const& what, std::ostream& out) {
    out << base::for_json(json::serialize(what)) << '\n';
}

int list(store::store& kept, store::server_row const& server, bool as_lines, base::console& to) {
    auto const all = newest_of(kept, server.id);
    if (as_lines) {
        json::array array;
        for (auto const& [series, point] : all) {
            auto one = as_json({.command = series.command,
                                .name = series.name,
                                .instance = series.instance,
                                .unit = series.unit,
                                .chart = series.chart,
                                .value = point.average});
            one["time"] = base::utc_time(point.at);
            array.push_back(std::move(one));
        }
        print_json(array, to.out);
        return 0;
    }
    if (all.empty()) {
        to.err << "no values yet: no rule finds anything in what " << cell(server.name, 200)
               << " has sent\n";
        return 0;
    }
    std::vector<std::vector<std::string>> table{
        {"NAME", "INSTANCE", "VALUE", "UNIT", "COMMAND", "AGE"}};
    for (auto const& [series, point] : all) {
        table.push_back({cell(series.name), series.instance.empty() ? "-" : cell(series.instance),
                         number_text(point.average), series.unit.empty() ? "-" : cell(series.unit),
                         cell(series.command), age_of(point.at, kept.now())});
    }
    print_table(to.out, table, screen_width());
    if (all.size() >= store::max_series) {
        to.err << "there are no more than " << store::max_series
               << " of one machine: what else its outputs hold is not kept\n";
    }
    return 0;
}

/// What a server printed last, and before.
struct printed {
    std::vector<std::vector<store::output_row>> outputs; ///< the newest last
    std::vector<base::wall_time> at;
};

printed last_outputs(store::store& kept, std::string const& server_id) {
    constexpr std::int64_t reports = 2; ///< a counter needs two
    printed all;
    for (auto const& report : kept.last_reports(server_id, reports)) {
        all.outputs.push_back(kept.outputs(report));
        all.at.push_back(report.data_time());
    }
    return all;
}

std::vector<values::taken_value> take_from(printed const& from, values::rules const& all) {
    values::counters before;
    std::vector<values::taken_value> taken;
    for (std::size_t at = 0; at < from.outputs.size(); ++at) {
        std::vector<values::command_output> outputs;
        for (auto const& one : from.outputs[at]) {
            outputs.push_back({one.command, one.bytes});
        }
        auto const time =
            std::chrono::duration_cast<std::chrono::milliseconds>(from.at[at].time_since_epoch());
        taken = values::take(all, outputs, before, time.count());
    }
    return taken;
}

/// Throws with what is wrong, as a compiler says it.
values::rule rule_in(std::string const& text) {
    auto parsed = values::parse_rules(text, "--try");
    if (!parsed.diagnostics.empty()) {
        throw std::runtime_error("this is no rule: " + parsed.diagnostics.front().what +
                                 " (column " + std::to_string(parsed.diagnostics.front().column) +
                                 "). " + parsed.diagnostics.front().hint);
    }
    if (parsed.list.size() != 1) {
        throw std::runtime_error("give one rule: `--try 'trafikito_df_h root = row \"/dev\" column "
                                 "\"Use%\"'`");
    }
    return std::move(parsed.list.front());
}

std::string why_none(values::rule const& what, std::string_view output) {
    values::selection from(output);
    auto const found = from.find(what, 1);
    if (what.counter && !found.empty()) {
        return "it stands at " + number_text(found.front().value) +
               ": by how much it grows shows with the second report within ten minutes, unless it "
               "went back";
    }
    return values::why_nothing(what, output);
}

struct trial {
    std::vector<values::taken_value> found;
    std::string why; ///< nothing was found
};

trial try_rule(store::store& kept, store::server_row const& server,
               std::filesystem::path const& data, values::rule what) {
    auto const last = last_outputs(kept, server.id);
    if (last.outputs.empty()) {
        return {{}, "the server has not sent a report yet"};
    }
    auto const output =
        std::ranges::find(last.outputs.back(), what.command, &store::output_row::command);
    if (output == last.outputs.back().end()) {
        return {{}, "its latest report has no output of " + what.command};
    }
    while (what.is_hidden()) {
        what.name.erase(0, 1); // it is to be seen
    }
    auto own = find_rules(values_file(data)).list;
    std::erase_if(own, [&](auto const& one) {
        return one.command == what.command && (one.name == what.name || what.name == "*");
    });
    own.insert(own.begin(), what);
    auto found = take_from(last, values::rules(std::move(own)));
    std::erase_if(found, [&](auto const& one) {
        return one.command != what.command || (one.name != what.name && what.name != "*");
    });
    auto why = found.empty() ? why_none(what, output->bytes) : std::string();
    return {std::move(found), std::move(why)};
}

int print_trial(trial const& tried, bool as_json_text, base::console& to) {
    if (as_json_text) {
        json::array array;
        for (auto const& one : tried.found) {
            array.push_back(as_json(one));
        }
        print_json(
            json::object{{"values", std::move(array)},
                         {"why", tried.why.empty() ? json::value(nullptr)
                                                   : json::value(base::one_line(tried.why))}},
            to.out);
    } else if (tried.found.empty()) {
        to.err << "it finds nothing: " << base::one_line(tried.why) << '\n';
    } else {
        std::vector<std::vector<std::string>> table{{"NAME", "INSTANCE", "VALUE", "UNIT"}};
        for (auto const& one : tried.found) {
            table.push_back({cell(one.name), one.instance.empty() ? "-" : cell(one.instance),
                             number_text(one.value), one.unit.empty() ? "-" : cell(one.unit)});
        }
        print_table(to.out, table, screen_width());
    }
    return tried.found.empty() ? 1 : 0;
}

} // namespace

int run(values_options const& options, base::console& to) {
    auto store = open_store(options.data, store::access::read_only);
    auto const server = find_named_server(store, options.server);
    if (!options.rule) {
        return list(store, server, options.json, to);
    }
    auto const database = database_of(options.data);
    auto const data = database ? options.data.directory.value_or(usual_data_directory)
                               : data_or_usual(options.data);
    return print_trial(try_rule(store, server, data, rule_in(*options.rule)), options.json, to);
}

} // namespace trafikito::server::cli
