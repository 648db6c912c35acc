#pragma once
// `100 * used / total`: what a rule computes out of other values of the same output. Names,
// numbers, + - * / and parentheses; no functions. It knows no value, it asks for them.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::values {

inline constexpr std::size_t max_formula = 512; ///< bytes
inline constexpr std::size_t max_formula_depth = 32;

class formula {
public:
    struct parsed;
    /// The text to its end.
    static parsed parse(std::string_view text);

    /// Each once, in the order in which they stand there.
    [[nodiscard]] std::vector<std::string> const& names() const { return names_; }

    /// `value_of` is asked for the number of a name in names(). Nothing where one has none, or what
    /// comes out is not finite.
    using source = std::function<std::optional<double>(std::size_t)>;
    [[nodiscard]] std::optional<double> of(source const& value_of) const;

private:
    friend class formula_reader;
    enum class what : std::uint8_t { number, name, plus, minus, times, divided, negative };
    struct step { ///< in the order in which a stack takes them
        what does = what::number;
        double number = 0;
        std::size_t name = 0;
    };
    std::vector<step> steps_;
    std::vector<std::string> names_;
};

struct formula::parsed {
    formula value;
    std::string problem;      ///< empty: it is right
    std::size_t position = 0; ///< of the problem
};

} // namespace trafikito::server::values
