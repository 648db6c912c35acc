#include "server/people/metrics_text.hpp"

#include "base/ascii.hpp"
#include "server/people/json_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

namespace trafikito::server::people {

namespace {

constexpr std::string_view prefix = "trafikito_";
constexpr std::size_t longest_name = 128;
/// What a value's name may not begin with: these are words of ours.
constexpr std::array<std::string_view, 4> reserved{"machine_", "machines", "server_", "value_"};

constexpr std::array<std::string_view, 5> endings{"_total", "_count", "_sum", "_bucket", "_info"};

std::string number_text(double value) {
    std::array<char, 32> text{};
    auto const end = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end.ptr};
}

void add_head(std::string& text, std::string_view name, std::string_view help,
              std::string_view type) {
    text.append("# HELP ").append(name).append(" ").append(help);
    text.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

std::string family_of(std::string_view name) {
    auto const made = metric_name(name);
    bool const ours = std::ranges::any_of(
        reserved, [&](std::string_view begin) { return made.starts_with(begin); });
    // What a counter's or a histogram's name ends with says of a gauge what it is not.
    bool const other_kind =
        std::ranges::any_of(endings, [&](std::string_view end) { return made.ends_with(end); });
    return std::string(prefix) + (ours ? "value_" : "") +
           (made == "cpu_count" ? "cpus" : made + (other_kind ? "_value" : ""));
}

std::string labels_of(machine_metrics const& machine) {
    return "server=\"" + label_value(machine.name) + "\",server_id=\"" + label_value(machine.id) +
           "\"";
}

struct sample {
    std::string const* machine; ///< its labels
    newest_values::value const* of;
};

using families = std::map<std::string, std::vector<sample>, std::less<>>;

/// Of two that would be one line, the first counts.
class values_by_family {
public:
    void add(std::string const& machine, std::vector<newest_values::value> const& values) {
        std::set<std::string> seen;
        for (auto const& each : values) {
            if (count_ == max_metrics) {
                ++left_out_;
                continue;
            }
            auto const& family = family_name(each.label->name);
            if (seen.insert(family + '\n' + each.label->command + '\n' + each.label->instance)
                    .second) {
                all_[family].push_back({&machine, &each});
                ++count_;
            }
        }
    }
    [[nodiscard]] families const& all() const { return all_; }
    [[nodiscard]] std::size_t left_out() const { return left_out_; }

private:
    std::string const& family_name(std::string_view name) {
        auto const known = names_.find(name);
        return known != names_.end() ? known->second
                                     : names_.emplace(name, family_of(name)).first->second;
    }

    families all_;
    std::map<std::string, std::string, std::less<>> names_;
    std::size_t count_ = 0;
    std::size_t left_out_ = 0;
};

void add_family(std::string& text, std::string const& family, std::vector<sample> const& samples) {
    auto const& unit = samples.front().of->label->unit;
    bool const one_unit = std::ranges::all_of(
        samples, [&](auto const& each) { return each.of->label->unit == unit; });
    std::string help = "Taken out of outputs of commands";
    if (one_unit && !unit.empty()) {
        help += ", in " + label_value(unit);
    }
    add_head(text, family, help + ".", "gauge");
    for (auto const& each : samples) {
        auto const& label = *each.of->label;
        text.append(family).append("{").append(*each.machine);
        text.append(",command=\"").append(label_value(label.command)).append("\"");
        if (!label.instance.empty()) {
            text.append(",instance=\"").append(label_value(label.instance)).append("\"");
        }
        text.append("} ").append(number_text(each.of->number)).append("\n");
    }
}

} // namespace

std::string metric_name(std::string_view name) {
    std::string made;
    for (char const c : name.substr(0, longest_name)) {
        bool const fits = base::is_word(c) || c == ':';
        if (fits || !made.ends_with('_')) {
            made += fits ? c : '_';
        }
    }
    while (made.ends_with('_')) {
        made.pop_back();
    }
    return made.empty() ? "unnamed" : made;
}

std::string label_value(std::string_view text) {
    std::string made;
    for (char const c : utf8_of(text)) {
        if (c == '\\' || c == '"') {
            made += '\\';
            made += c;
        } else if (c == '\n') {
            made += "\\n";
        } else {
            made += c;
        }
    }
    return made;
}

std::string machines_text(std::vector<machine_metrics> const& machines) {
    std::vector<std::string> labels;
    labels.reserve(machines.size()); // what is pointed at does not move
    values_by_family values;
    for (auto const& each : machines) {
        labels.push_back(labels_of(each));
        if (each.up) {
            values.add(labels.back(), each.values);
        }
    }
    std::string text;
    add_head(text, "trafikito_machine_up", "Whether the machine reports, and in time.", "gauge");
    for (std::size_t at = 0; at < machines.size(); ++at) {
        text.append("trafikito_machine_up{").append(labels[at]);
        text.append(machines[at].up ? "} 1\n" : "} 0\n");
    }
    add_head(text, "trafikito_machine_last_data_timestamp_seconds",
             "When its newest data was collected.", "gauge");
    for (std::size_t at = 0; at < machines.size(); ++at) {
        if (auto const when = machines[at].last_data) {
            text.append("trafikito_machine_last_data_timestamp_seconds{").append(labels[at]);
            text.append("} ").append(number_text(static_cast<double>(*when) / 1000)).append("\n");
        }
    }
    for (auto const& [family, samples] : values.all()) {
        add_family(text, family, samples);
    }
    text += own_text({{"trafikito_server_values_left_out",
                       "Values that are not shown here because there are too many.", "gauge",
                       static_cast<double>(values.left_out())}});
    return text;
}

std::string own_text(std::vector<own_metric> const& all) {
    std::string text;
    std::string_view before;
    for (auto const& each : all) {
        if (each.name != before) {
            add_head(text, each.name, each.help, each.type);
            before = each.name;
        }
        text.append(each.name);
        if (!each.labels.empty()) {
            text.append("{").append(each.labels).append("}");
        }
        text.append(" ").append(number_text(each.value)).append("\n");
    }
    return text;
}

} // namespace trafikito::server::people
