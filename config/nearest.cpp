#include "config/nearest.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <vector>

namespace trafikito::config {
namespace {

constexpr std::size_t longest_name = 64;

} // namespace

std::size_t edit_distance(std::string_view one, std::string_view other) {
    // Rows of the usual table: the one being filled and the two above it.
    std::vector<std::size_t> before(other.size() + 1);
    std::vector<std::size_t> above(other.size() + 1);
    std::vector<std::size_t> row(other.size() + 1);
    for (std::size_t j = 0; j <= other.size(); ++j) {
        row[j] = j;
    }
    auto const same = [&](std::size_t i, std::size_t j) {
        return base::to_lower(one[i]) == base::to_lower(other[j]);
    };
    for (std::size_t i = 1; i <= one.size(); ++i) {
        std::swap(before, above);
        std::swap(above, row);
        row[0] = i;
        for (std::size_t j = 1; j <= other.size(); ++j) {
            auto const change = above[j - 1] + (same(i - 1, j - 1) ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, change});
            if (i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1)) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
    }
    return row[other.size()];
}

std::optional<std::string_view> nearest(std::string_view name,
                                        std::span<std::string_view const> candidates) {
    if (name.empty() || name.size() > longest_name) {
        return std::nullopt;
    }
    std::optional<std::string_view> best;
    std::size_t best_distance = 0;
    for (auto const candidate : candidates) {
        auto const distance = edit_distance(name, candidate);
        auto const allowed = std::max<std::size_t>(1, std::max(name.size(), candidate.size()) / 3);
        if (distance <= allowed && (!best || distance < best_distance)) {
            best = candidate;
            best_distance = distance;
        }
    }
    return best;
}

} // namespace trafikito::config
