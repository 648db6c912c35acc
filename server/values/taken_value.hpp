#pragma once
// A number out of an output, with what it is called: what the recognisers (take.hpp, perfdata,
// Prometheus text) give and the store keeps. A machine's own words come out of here harmless and
// bounded.

#include <cstddef>
#include <string>
#include <string_view>

namespace trafikito::server::values {

inline constexpr std::size_t max_values = 256; ///< of one report
inline constexpr std::size_t max_instance = 64;
inline constexpr std::size_t max_command = 64;
inline constexpr std::size_t max_output = 1UL << 20U; ///< of one output that is looked at

struct taken_value {
    std::string command;
    std::string name;
    std::string instance; ///< which of several of that name; empty: there is one
    std::string unit;     ///< empty: none
    std::string chart;    ///< empty: one of its own
    double value = 0;     ///< finite

    friend bool operator==(taken_value const&, taken_value const&) = default;
};

/// A number as a recogniser finds it.
struct found_value {
    std::string name;
    std::string instance;
    std::string unit;
    double value = 0;
    bool counter = false;
};

/// What a machine calls it, as an instance: UTF-8 of at most max_instance bytes in which nothing is
/// controlling or invisible. One that is longer keeps its beginning, and differs from others that
/// begin alike.
std::string instance_of(std::string_view text);

/// As a name: letters, digits and underscores, at most max_name; empty where nothing of it is.
std::string name_of(std::string_view text);

} // namespace trafikito::server::values
