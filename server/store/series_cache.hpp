#pragma once
// Which numbers the series of servers have, as the process that stores reports has seen them: so
// that a report is stored without a question. store_series.cpp uses it.

#include "server/values/taken_value.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::store {

class series_cache {
public:
    /// What tells a series from the others of its server, in eight bytes.
    struct key {
        std::uint64_t name = 0;  ///< of command, name, instance
        std::uint32_t drawn = 0; ///< of unit and chart: they may change

        static key of(values::taken_value const& value);
        static key of(std::string_view command, std::string_view name, std::string_view instance,
                      std::string_view unit, std::string_view chart);
    };
    struct known {
        key what;
        std::int64_t id = 0;
    };

    /// All that are known of a server.
    class entry {
    public:
        [[nodiscard]] known const* find(std::uint64_t name) const;
        void note(known const& one);
        [[nodiscard]] std::size_t size() const { return all_.size(); }

    private:
        std::vector<known> all_; ///< by their keys
    };

    /// Null when nothing is known of it, or it is another one of that id: removed and made anew.
    entry* find(std::string_view server_id, std::int64_t created_at);
    /// It is known from now on, with none.
    entry& begin(std::string_view server_id, std::int64_t created_at);
    void forget() { servers_.clear(); }

private:
    struct server {
        std::int64_t created_at = 0;
        entry series;
    };
    // Some 6 MB with 5,000 machines of 60 series.
    static constexpr std::size_t most_servers = 50'000;

    std::map<std::string, server, std::less<>> servers_;
};

} // namespace trafikito::server::store
