#pragma once
// One measured figure, with its goal, as the report shows it.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::test::bench {

/// Several runs of the same.
struct samples {
    std::vector<double> values;

    void add(double value) { values.push_back(value); }
    [[nodiscard]] double median() const;
    [[nodiscard]] double least() const;
    [[nodiscard]] double most() const;
};

/// Run by run: what the one took against the other in the same turn.
samples ratio_of(samples const& one, samples const& other);

enum class verdict { met, missed, told, not_taken };

struct goal {
    enum class bound { at_most, at_least };
    bound is = bound::at_most;
    double limit = 0;
    bool of_ratio = false; ///< it binds the ratio, not the value
};

struct figure {
    std::string id;   ///< for programs: letters, digits and _
    std::string name; ///< for people
    std::string unit;
    int digits = 1; ///< behind the point, of values
    samples values;
    samples ratios;      ///< against `against`; or none
    std::string against; ///< `the floor`
    std::optional<goal> wanted;
    std::string note; ///< how it was taken, where that differs; why it could not be taken

    [[nodiscard]] verdict judge() const;
    [[nodiscard]] std::string value_text() const; ///< `9.6 ms (9.4 to 9.9)`
    [[nodiscard]] std::string ratio_text() const; ///< `1.34 × the floor`
    [[nodiscard]] std::string goal_text() const;  ///< `≤ 1.10 ×`
};

std::string text_of(verdict value);

/// A number with so many digits behind its point.
std::string number_text(double value, int digits);

} // namespace trafikito::test::bench
