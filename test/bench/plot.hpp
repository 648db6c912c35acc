#pragma once
// Pictures of the report, as SVG that needs nothing else: bars, and lines over numbers.

#include <string>
#include <utility>
#include <vector>

namespace trafikito::test::bench {

struct bar {
    std::string name;
    double value = 0;
    double part = 0; ///< of it, drawn darker: the agent's own share
    bool ours = false;
};

struct line {
    std::string name;
    std::vector<std::pair<double, double>> points;
};

struct plot {
    std::string file; ///< `cycle.svg`
    std::string title;
    std::string unit;   ///< of values
    std::string across; ///< what is counted along the x axis; of lines
    std::vector<bar> bars;
    std::vector<line> lines;
};

std::string svg_of(plot const& one);

} // namespace trafikito::test::bench
