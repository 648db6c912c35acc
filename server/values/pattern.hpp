#pragma once
// A regular expression over an output, by RE2: linear in the length of the text, whatever it is,
// and within a bound of memory. Rules have them. It never looks at more than it is given.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::values {

inline constexpr std::size_t max_pattern = 1024;                 ///< bytes of its text
inline constexpr std::int64_t pattern_memory = 1L * 1024 * 1024; ///< of one, with what it caches

class pattern {
public:
    /// Throws nothing: is_right() says whether it is one, problem() why not.
    explicit pattern(std::string_view text);
    ~pattern();
    pattern(pattern const&) = delete;
    pattern& operator=(pattern const&) = delete;

    [[nodiscard]] bool is_right() const;
    [[nodiscard]] std::string problem() const;

    /// Somewhere in the text.
    [[nodiscard]] bool matches(std::string_view text) const;

    /// Whether it has a group of that name.
    [[nodiscard]] bool names_instance() const { return instance_ != 0; }

    struct match {
        std::string_view
            value; ///< the group `value`, else the first that is not `instance`, else all
        std::string_view instance; ///< the group `instance`; empty without one
    };
    /// The first one; all of them, when it has a group `instance`: so many at most.
    [[nodiscard]] std::vector<match> find(std::string_view text, std::size_t most) const;

private:
    struct compiled;
    std::unique_ptr<compiled> compiled_;
    int value_ = 0;
    int instance_ = 0;
};

} // namespace trafikito::server::values
