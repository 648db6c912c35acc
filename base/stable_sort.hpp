#pragma once
// std::ranges::stable_sort() without its temporary buffer: clang with libstdc++ 12 takes what that
// buffer is made by for deprecated.

#include <algorithm>
#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

namespace trafikito::base {

/// By the key of each; what is equal stays in its order.
template <typename T, typename Key>
void stable_sort(std::vector<T>& all, Key key_of) {
    using key_type = std::decay_t<std::invoke_result_t<Key&, T const&>>;
    std::vector<std::pair<key_type, std::size_t>> order;
    order.reserve(all.size());
    for (auto const& one : all) {
        order.emplace_back(std::invoke(key_of, one), order.size());
    }
    std::ranges::sort(order);
    std::vector<T> sorted;
    sorted.reserve(all.size());
    for (auto const& [key, index] : order) {
        sorted.push_back(std::move(all[index]));
    }
    all = std::move(sorted);
}

} // namespace trafikito::base
