#pragma once
// The store in a PostgreSQL, which any number of processes on any machines share.

#include "server/database/postgres.hpp"
#include "server/store/engine.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace trafikito::server::store {

/// How sessions of a process that serves are called (libpq's PGAPPNAME).
inline constexpr char const* serving_session = "trafikito-server serve";

class postgres_engine final : public engine {
public:
    /// With read_write the tables are made where there are none; else they must be there. Throws as
    /// database::postgres, and what postgres_schema.hpp says.
    postgres_engine(std::string const& address, database::access wanted,
                    database::postgres_patience patience = {});

    database::connection& connection() override { return database_; }

    /// What was packed and what came can be read, the newest first.
    bool check(std::chrono::milliseconds bound) override;
    std::int64_t data_version() override;
    std::int64_t roster_version() override;
    std::optional<std::vector<std::string>> changed_since(std::int64_t roster_version) override;
    std::int64_t settled_number() override { return settle().reports; }
    std::int64_t settled_values() override { return settle().values; }
    bool keeps_house() override;
    bool is_served() override;
    bool packs() override;
    /// Makes the partitions of that day and the next. Remembers which there are.
    void prepare_for(std::size_t bytes, std::int64_t day) override;
    /// A partition goes as one, once all of its day is too old.
    deletions forget_reports(std::int64_t limit) override;
    /// Whole days, the oldest first; never today.
    deletions forget_beyond(std::uint64_t bound) override;
    /// What PostgreSQL has not dropped or cut yet counts, but for days that are gone.
    std::uint64_t used_bytes() override;

    // The disk is another machine's, and PostgreSQL's to look after: that it is full is passed on.
    void hold_reserve(std::uintmax_t /*bytes*/) override {}
    void require_room(std::size_t /*bytes*/) override {}
    void with_room(std::size_t bytes, action const& change, action const& forget) override;
    void with_reserve(action const& change) override { change(); }
    void number_on() override;
    void require_absent(std::string_view /*server_id*/) override {}

private:
    using time_point = std::chrono::steady_clock::time_point;
    /// Holds that lock in this session, now or since before. It is asked for once a second.
    bool holds(std::string_view try_to_lock, std::uint64_t& session, time_point& next_try);
    bool take_out_a_day(std::int64_t limit);
    bool count_out(deletions& gone);

    database::postgres database_;
    std::set<std::int64_t> days_;       ///< whose partitions are there
    std::uint64_t house_session_ = 0;   ///< in which it keeps house
    std::uint64_t packing_session_ = 0; ///< in which it is the one that packs
    time_point next_try_to_keep_house_;
    time_point next_try_to_pack_;
    time_point next_take_out_;
    struct numbers {
        std::int64_t reports = 0;
        std::int64_t values = 0; ///< rows of them
    };
    numbers const& settle();
    numbers settled_;
    numbers settling_;                   ///< are settled when these are done:
    std::vector<std::string> under_way_; ///< transactions
};

} // namespace trafikito::server::store
