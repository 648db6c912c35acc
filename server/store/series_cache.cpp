#include "server/store/series_cache.hpp"

#include <algorithm>

namespace trafikito::server::store {

namespace {

// FNV-1a: who makes two of its own series collide has mixed up its own.
constexpr std::uint64_t first = 14695981039346656037ULL;
constexpr std::uint64_t prime = 1099511628211ULL;

std::uint64_t hash_of(std::uint64_t begin, std::string_view text) {
    for (char const c : text) {
        begin = (begin ^ static_cast<unsigned char>(c)) * prime;
    }
    return (begin ^ 0xFFU) * prime; // where one ends the next one begins
}

} // namespace

series_cache::key series_cache::key::of(std::string_view command, std::string_view name,
                                        std::string_view instance, std::string_view unit,
                                        std::string_view chart) {
    constexpr unsigned half = 32;
    auto const drawn = hash_of(hash_of(first, unit), chart);
    return {.name = hash_of(hash_of(hash_of(first, command), name), instance),
            .drawn = static_cast<std::uint32_t>(drawn ^ (drawn >> half))};
}

series_cache::key series_cache::key::of(values::taken_value const& value) {
    return of(value.command, value.name, value.instance, value.unit, value.chart);
}

series_cache::known const* series_cache::entry::find(std::uint64_t name) const {
    auto const at =
        std::ranges::lower_bound(all_, name, {}, [](auto const& one) { return one.what.name; });
    return at != all_.end() && at->what.name == name ? &*at : nullptr;
}

void series_cache::entry::note(known const& one) {
    auto const at = std::ranges::lower_bound(all_, one.what.name, {},
                                             [](auto const& each) { return each.what.name; });
    if (at != all_.end() && at->what.name == one.what.name) {
        *at = one;
    } else {
        all_.insert(at, one);
    }
}

series_cache::entry* series_cache::find(std::string_view server_id, std::int64_t created_at) {
    auto const at = servers_.find(server_id);
    return at != servers_.end() && at->second.created_at == created_at ? &at->second.series
                                                                       : nullptr;
}

series_cache::entry& series_cache::begin(std::string_view server_id, std::int64_t created_at) {
    if (servers_.size() >= most_servers) {
        servers_.clear(); // they are read again
    }
    auto& one = servers_[std::string(server_id)];
    one = {.created_at = created_at, .series = {}};
    return one.series;
}

} // namespace trafikito::server::store
