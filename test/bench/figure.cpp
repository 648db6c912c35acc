#include "test/bench/figure.hpp"

#include <algorithm>
#include <cstdio>

namespace trafikito::test::bench {

double samples::median() const {
    if (values.empty()) {
        return 0;
    }
    auto sorted = values;
    std::ranges::sort(sorted);
    auto const middle = sorted.size() / 2;
    return sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

double samples::least() const {
    return values.empty() ? 0 : std::ranges::min(values);
}

double samples::most() const {
    return values.empty() ? 0 : std::ranges::max(values);
}

samples ratio_of(samples const& one, samples const& other) {
    samples result;
    for (std::size_t i = 0; i < std::min(one.values.size(), other.values.size()); ++i) {
        result.add(one.values[i] / other.values[i]);
    }
    return result;
}

verdict figure::judge() const {
    if (values.values.empty()) {
        return verdict::not_taken;
    }
    if (!wanted || (wanted->of_ratio && ratios.values.empty())) {
        return verdict::told;
    }
    auto const& judged = wanted->of_ratio ? ratios : values;
    bool const good = wanted->is == goal::bound::at_most ? judged.median() <= wanted->limit
                                                         : judged.median() >= wanted->limit;
    return good ? verdict::met : verdict::missed;
}

std::string figure::value_text() const {
    if (values.values.empty()) {
        return "not taken";
    }
    auto text = number_text(values.median(), digits) + (unit.empty() ? "" : " " + unit);
    auto const least = number_text(values.least(), digits);
    auto const most = number_text(values.most(), digits);
    if (values.values.size() > 1 && least != most) {
        text += " (" + least + " to " + most + ")";
    }
    return text;
}

std::string figure::ratio_text() const {
    if (ratios.values.empty()) {
        return {};
    }
    return number_text(ratios.median(), 2) + " × " + against;
}

std::string figure::goal_text() const {
    if (!wanted) {
        return {};
    }
    std::string const sign = wanted->is == goal::bound::at_most ? "≤ " : "≥ ";
    if (wanted->of_ratio) {
        return sign + number_text(wanted->limit, 2) + " ×";
    }
    return sign + number_text(wanted->limit, digits) + (unit.empty() ? "" : " " + unit);
}

std::string text_of(verdict value) {
    switch (value) {
    case verdict::met:
        return "met";
    case verdict::missed:
        return "missed";
    case verdict::told:
        return "";
    case verdict::not_taken:
        return "not taken";
    }
    return {};
}

std::string number_text(double value, int digits) {
    std::string text(64, '\0');
    auto const size = std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    text.resize(static_cast<std::size_t>(size));
    return text;
}

} // namespace trafikito::test::bench
