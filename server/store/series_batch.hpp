#pragma once
// The values of reports that are stored together: their series are found or made, and a row of
// fresh_values is written for each report. store_reports.cpp uses it, inside its transaction.

#include "server/database/connection.hpp"
#include "server/store/series_cache.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trafikito::server::store {

class series_batch {
public:
    series_batch(database::connection& database, series_cache& cache)
        : database_(database), cache_(cache) {}

    /// Those of a report that will be stored; they must live as long.
    void add(std::string_view server_id, std::int64_t created_at, std::int64_t data_at,
             std::vector<values::taken_value> const& all);

    /// Writes all that was added. Two questions at most, however many there are.
    void write(std::int64_t kept_since);

    /// What was written stands: its series are remembered. Without it nothing was.
    void stands();

private:
    struct report {
        std::string_view server_id;
        std::int64_t created_at = 0;
        std::int64_t data_at = 0;
        std::vector<values::taken_value> const* values = nullptr;
        std::vector<series_cache::key> keys; ///< as many
        std::string body;
    };
    /// What is known of a server in this transaction.
    struct server {
        std::int64_t created_at = 0;
        series_cache::entry series;
        bool changed = false;
    };

    void read_servers();
    void make_series();
    [[nodiscard]] std::vector<std::pair<report*, std::size_t>> without_series();
    void write_rows(std::int64_t kept_since);

    database::connection& database_;
    series_cache& cache_;
    std::deque<report> reports_;
    std::map<std::string_view, server> servers_;
};

} // namespace trafikito::server::store
