#include "test/bench/plot.hpp"

#include "test/bench/figure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>

namespace trafikito::test::bench {

namespace {

constexpr int width = 720;
constexpr std::array colours{"#2563eb", "#d97706", "#059669", "#9333ea"};

std::string escaped(std::string const& text) {
    std::string result;
    for (char const c : text) {
        switch (c) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        default:
            result += c;
        }
    }
    return result;
}

std::string text_at(double x, double y, std::string const& text, char const* more = "") {
    std::ostringstream out;
    out << "<text x=\"" << x << "\" y=\"" << y << "\" " << more << ">" << escaped(text)
        << "</text>\n";
    return out.str();
}

std::string opened(plot const& one, int height) {
    std::ostringstream out;
    out << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " << width << ' ' << height
        << "\" width=\"" << width << "\" height=\"" << height
        << "\" font-family=\"sans-serif\" font-size=\"13\" fill=\"#1f2937\">\n"
        << "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
        << text_at(16, 28, one.title + ", " + one.unit, "font-size=\"16\" font-weight=\"bold\"");
    return out.str();
}

/// The next of 1, 2, 5, 10, 20, … at or above.
double round_step(double value) {
    auto const power = std::pow(10, std::floor(std::log10(value)));
    for (double const factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= value) {
            return factor * power;
        }
    }
    return 10 * power;
}

std::string bars_of(plot const& one) {
    constexpr int left = 270;
    constexpr int row = 30;
    double most = 0;
    for (auto const& each : one.bars) {
        most = std::max(most, each.value);
    }
    auto const scale = (width - left - 90) / std::max(most, 1e-9);
    std::ostringstream out;
    out << opened(one, 60 + row * static_cast<int>(one.bars.size()));
    double y = 48;
    for (auto const& each : one.bars) {
        auto const* const colour = each.ours ? colours[0] : "#9ca3af";
        out << text_at(left - 10, y + 16, each.name, "text-anchor=\"end\"") << "<rect x=\"" << left
            << "\" y=\"" << y << "\" height=\"22\" width=\"" << each.value * scale << "\" fill=\""
            << colour << "\" fill-opacity=\"0.6\"/>\n";
        if (each.part > 0) {
            out << "<rect x=\"" << left << "\" y=\"" << y << "\" height=\"22\" width=\""
                << each.part * scale << "\" fill=\"" << colour << "\"/>\n";
        }
        out << text_at(left + each.value * scale + 8, y + 16, number_text(each.value, 1));
        y += row;
    }
    out << "</svg>\n";
    return out.str();
}

std::string lines_of(plot const& one) {
    constexpr double left = 80;
    constexpr double top = 50;
    constexpr double bottom = 320;
    double across = 0;
    double up = 0;
    for (auto const& each : one.lines) {
        for (auto const& [x, y] : each.points) {
            across = std::max(across, x);
            up = std::max(up, y);
        }
    }
    across = std::max(across, 1e-9);
    auto const step = round_step(std::max(up, 1e-9) / 5);
    up = std::ceil(std::max(up, 1e-9) / step) * step;
    auto const x_at = [&](double x) { return left + x / across * (width - left - 30); };
    auto const y_at = [&](double y) { return bottom - y / up * (bottom - top); };
    std::ostringstream out;
    out << opened(one, 390);
    for (double y = 0; y <= up * 1.001; y += step) {
        out << "<line x1=\"" << left << "\" x2=\"" << width - 30 << "\" y1=\"" << y_at(y)
            << "\" y2=\"" << y_at(y) << "\" stroke=\"#e5e7eb\"/>\n"
            << text_at(left - 8, y_at(y) + 4, number_text(y, step < 1 ? 1 : 0),
                       "text-anchor=\"end\"");
    }
    auto const pace = round_step(across / 6);
    for (double x = 0; x <= across * 1.001; x += pace) {
        out << text_at(x_at(x), bottom + 20, number_text(x, pace < 1 ? 1 : 0),
                       "text-anchor=\"middle\"");
    }
    out << text_at((left + width) / 2, bottom + 40, one.across, "text-anchor=\"middle\"");
    double legend = left;
    for (std::size_t i = 0; i < one.lines.size(); ++i) {
        auto const* const colour = colours.at(i % colours.size());
        out << "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" << colour << "\" points=\"";
        for (auto const& [x, y] : one.lines[i].points) {
            out << x_at(x) << ',' << y_at(y) << ' ';
        }
        out << "\"/>\n<rect x=\"" << legend << "\" y=\"" << bottom + 51
            << "\" width=\"12\" height=\"12\" fill=\"" << colour << "\"/>\n"
            << text_at(legend + 18, bottom + 62, one.lines[i].name);
        legend += 40 + 7.5 * static_cast<double>(one.lines[i].name.size());
    }
    out << "</svg>\n";
    return out.str();
}

} // namespace

std::string svg_of(plot const& one) {
    return one.bars.empty() ? lines_of(one) : bars_of(one);
}

} // namespace trafikito::test::bench
