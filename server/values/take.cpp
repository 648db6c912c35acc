#include "server/values/take.hpp"

#include "server/values/nagios_perfdata.hpp"
#include "server/values/prometheus_text.hpp"
#include "server/values/select.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace trafikito::server::values {

namespace {

constexpr int digits_of_rate = 5;
constexpr int digits_of_formula = 6;
constexpr int digits_of_scaled = 9;
constexpr std::size_t max_outputs = 4096; ///< of a report that are looked at

std::uint64_t key_of(std::string_view command, std::string_view name, std::string_view instance) {
    std::uint64_t key = 14695981039346656037ULL; // FNV-1a
    for (auto const part : {command, name, instance}) {
        for (char const c : part) {
            key = (key ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
        }
        key = (key ^ 0xFFU) * 1099511628211ULL;
    }
    return key;
}

/// Two digits behind the point of a part of a hundred.
double shown(double value, rule const& what) {
    constexpr double hundredths = 100;
    if (what.counter) {
        return rounded(value, digits_of_rate);
    }
    if (std::holds_alternative<formula>(what.where)) {
        return what.kept_in.name == "%" && std::abs(value) < 1e9
                   ? std::round(value * hundredths) / hundredths
                   : rounded(value, digits_of_formula);
    }
    return what.kept_in.factor < 1 ? rounded(value, digits_of_scaled) : value;
}

std::string unit_of_value(std::string const& unit, bool counter) {
    return counter ? unit + "/s" : unit;
}

class taker {
public:
    taker(rules const& all, counters& before) : before_(before), slots_(all.values()) {}

    void take(rules::of_command const& of, std::string_view output) {
        selection from(output);
        for (auto const& one : of.list) {
            if (!slots_[one.value].seen && !std::holds_alternative<formula>(one.what.where) &&
                room() != 0) {
                apply(one, from, output);
            }
        }
        for (auto const& one : of.list) {
            if (auto const* const computed = std::get_if<formula>(&one.what.where);
                computed != nullptr && !slots_[one.value].seen && room() != 0) {
                compute(one, *computed);
            }
        }
    }

    /// What an output is recognised as.
    void recognise(std::string_view command, rules::of_command const* of, std::string_view output) {
        if ((of != nullptr && of->only_own) || room() == 0 || command.size() > max_command) {
            return;
        }
        if (is_prometheus_text(output)) {
            add_whole(command, of, prometheus_text(output.substr(0, max_output), room()));
        } else {
            add_whole(command, of, nagios_perfdata(output, bare(command), room()));
        }
    }

    std::vector<taken_value> finish() {
        std::vector<taken_value> taken;
        taken.reserve(found_.size() + whole_.size());
        for (auto const& one : found_) {
            if (one.value && !one.what->is_hidden()) {
                auto const& what = *one.what;
                taken.push_back({.command = what.command,
                                 .name = what.name,
                                 .instance = one.instance,
                                 .unit = unit_of_value(what.kept_in.name, what.counter),
                                 .chart = what.chart,
                                 .value = shown(*one.value, what)});
            }
        }
        std::ranges::move(whole_, std::back_inserter(taken));
        return taken;
    }

private:
    struct found {
        rule const* what;
        std::string instance;
        std::optional<double> value; ///< nothing: of a counter of which only one report is known
    };
    struct slot {
        bool seen = false;
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    [[nodiscard]] std::size_t room() const {
        auto const taken = found_.size() + whole_.size();
        return taken < max_values ? max_values - taken : 0;
    }

    static std::string_view bare(std::string_view command) {
        constexpr std::string_view prefix = "trafikito_";
        return command.starts_with(prefix) ? command.substr(prefix.size()) : command;
    }

    void apply(rules::entry const& one, selection& from, std::string_view output) {
        if (auto const* const whole = std::get_if<whole_output>(&one.what.where)) {
            auto const text = output.substr(0, max_output);
            add_whole(one.what.command, nullptr,
                      whole->what == whole_output::kind::nagios
                          ? nagios_perfdata(text, bare(one.what.command), room())
                          : prometheus_text(text, room()));
            return;
        }
        auto const begin = found_.size();
        for (auto& each : from.find(one.what, room())) {
            add(one, begin, std::move(each.instance), each.value);
        }
        note(one, begin);
    }

    void add(rules::entry const& one, std::size_t begin, std::string instance,
             std::optional<double> value) {
        auto const mine = std::span(found_).subspan(begin);
        if (!mine.empty() && std::ranges::find(mine, instance, &found::instance) != mine.end()) {
            return;
        }
        if (one.what.counter && value) {
            value = before_.rate(key_of(one.what.command, one.what.name, instance), *value);
        }
        found_.push_back({&one.what, std::move(instance), value});
    }

    void note(rules::entry const& one, std::size_t begin) {
        if (found_.size() != begin) {
            slots_[one.value] = {true, begin, found_.size()};
        }
    }

    [[nodiscard]] found const* value_of(std::size_t value, std::string_view instance) const {
        auto const& place = slots_[value];
        auto const mine = std::span(found_).subspan(place.begin, place.end - place.begin);
        auto const at = std::ranges::find(mine, instance, &found::instance);
        return at == mine.end() ? nullptr : &*at;
    }

    // For each instance of what it names first.
    void compute(rules::entry const& one, formula const& computed) {
        auto const first = slots_[one.names.front()];
        auto const begin = found_.size();
        for (auto at = first.begin; at < first.end && room() != 0; ++at) {
            auto const instance = found_[at].instance;
            bool complete = true;
            auto value = computed.of([&](std::size_t name) {
                auto const* const other = value_of(one.names[name], instance);
                complete = complete && other != nullptr;
                return other == nullptr ? std::nullopt : other->value;
            });
            if (!complete) {
                continue;
            }
            if (value || is_waiting(one, instance)) {
                if (value) {
                    *value *= one.what.kept_in.factor;
                    value = std::isfinite(*value) ? value : std::nullopt;
                }
                add(one, begin, instance, value);
            }
        }
        note(one, begin);
    }

    /// One of those that it names is a counter that has no rate yet: no other command is asked
    /// instead, or there would be a series of one point.
    [[nodiscard]] bool is_waiting(rules::entry const& one, std::string_view instance) const {
        return std::ranges::any_of(one.names, [&](auto name) {
            auto const* const other = value_of(name, instance);
            return other != nullptr && !other->value;
        });
    }

    void add_whole(std::string_view command, rules::of_command const* of,
                   std::vector<found_value> all) {
        for (auto& one : all) {
            bool const is_ruled =
                of != nullptr && (std::ranges::find(of->unwanted, one.name) != of->unwanted.end() ||
                                  std::ranges::any_of(of->list, [&](auto const& each) {
                                      return each.what.name == one.name;
                                  }));
            if (is_ruled || one.name.empty() || !std::isfinite(one.value)) {
                continue;
            }
            auto const key = key_of(command, one.name, one.instance);
            if (std::ranges::find(keys_, key) != keys_.end()) {
                continue;
            }
            keys_.push_back(key);
            if (one.counter) {
                auto const rate = before_.rate(key, one.value);
                if (!rate) {
                    continue;
                }
                one.value = rounded(*rate, digits_of_rate);
            }
            whole_.push_back({.command = std::string(command),
                              .name = std::move(one.name),
                              .instance = std::move(one.instance),
                              .unit = unit_of_value(one.unit, one.counter),
                              .chart = {},
                              .value = one.value});
        }
    }

    counters& before_;
    std::vector<slot> slots_;
    std::vector<found> found_;
    std::vector<taken_value> whole_;
    std::vector<std::uint64_t> keys_;
};

} // namespace

std::vector<taken_value> take(rules const& all, std::span<command_output const> outputs,
                              counters& before, std::int64_t at) {
    struct ruled {
        rules::of_command const* of;
        std::string_view bytes;
    };
    std::vector<ruled> order;
    before.begin(at);
    taker from(all, before);
    outputs = outputs.first(std::min(outputs.size(), max_outputs));
    for (auto const& one : outputs) {
        if (auto const* const of = all.find(one.command)) {
            order.push_back({of, one.bytes});
        }
    }
    std::ranges::sort(order, {}, [](ruled const& one) { return one.of->rank; });
    for (auto const& one : order) {
        from.take(*one.of, one.bytes);
    }
    for (auto const& one : outputs) {
        from.recognise(one.command, all.find(one.command), one.bytes);
    }
    return from.finish();
}

} // namespace trafikito::server::values
