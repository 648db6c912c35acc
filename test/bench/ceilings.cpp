#include "test/bench/ceilings.hpp"

#include <cmath>
#include <sstream>
#include <stdexcept>

namespace trafikito::test::bench {

std::vector<ceiling> read_ceilings(std::string_view text) {
    std::vector<ceiling> all;
    std::istringstream lines{std::string(text)};
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        std::istringstream words(line.substr(0, line.find('#')));
        ceiling one;
        std::string more;
        if (!(words >> one.who)) {
            continue;
        }
        if (!(words >> one.what >> one.limit) || words >> more) {
            throw std::runtime_error("line " + std::to_string(number) + " is not WHO WHAT LIMIT");
        }
        all.push_back(one);
    }
    return all;
}

std::string format_ceilings(std::string_view old, std::vector<ceiling> const& all) {
    std::string text;
    while (old.starts_with('#')) {
        auto const end = old.find('\n');
        text += old.substr(0, end);
        text += '\n';
        old.remove_prefix(end == std::string_view::npos ? old.size() : end + 1);
    }
    text += '\n';
    for (auto const& one : all) {
        auto const name = one.who + ' ' + one.what;
        text += name + std::string(name.size() < 40 ? 40 - name.size() : 1, ' ') +
                std::to_string(std::llround(one.limit)) + '\n';
    }
    return text;
}

double ceiling_for(std::string const& what, double counted) {
    if (what.starts_with("synchronous")) {
        return counted;
    }
    auto const room = counted * (what == "system_calls" ? 1.06 : 1.10);
    auto const step = std::pow(10, std::floor(std::log10(std::max(room, 100.0))) - 2);
    return std::ceil(room / step) * step;
}

std::string grouped(double number) {
    auto text = std::to_string(std::llround(number));
    for (auto at = static_cast<long>(text.size()) - 3; at > 0; at -= 3) {
        text.insert(static_cast<std::size_t>(at), 1, ',');
    }
    return text;
}

} // namespace trafikito::test::bench
