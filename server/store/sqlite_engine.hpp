#pragma once
// The store in one file, embedded: SQLite with a write-ahead log, and a reserve of room beside it.

#include "server/database/disk_reserve.hpp"
#include "server/database/sqlite.hpp"
#include "server/store/engine.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace trafikito::server::store {

class sqlite_engine final : public engine {
public:
    /// With read_write a database is made where there is none, and an older one is brought up to
    /// date; else it must be. Throws as database::sqlite, and what schema.hpp says.
    sqlite_engine(std::filesystem::path const& file, database::access wanted);

    database::connection& connection() override { return database_; }
    bool check(std::chrono::milliseconds bound) override;
    std::int64_t data_version() override;
    void hold_reserve(std::uintmax_t bytes) override;
    void prepare_for(std::size_t bytes, std::int64_t day) override;
    void require_room(std::size_t bytes) override;
    void with_room(std::size_t bytes, action const& change, action const& forget) override;
    void with_reserve(action const& change) override;
    void require_absent(std::string_view server_id) override;
    void number_on() override;
    // sqlite_retention.cpp
    deletions forget_reports(std::int64_t limit) override;
    deletions forget_beyond(std::uint64_t bound) override;
    std::uint64_t used_bytes() override;
    bool give_room_back() override;

private:
    bool has_free_pages(std::size_t bytes);
    std::int64_t pragma(std::string_view sql);
    class bite;
    struct oldest;
    std::optional<oldest> oldest_report();
    std::optional<oldest> oldest_block();
    std::optional<oldest> oldest_of_all();
    template <typename Condition>
    deletions forget_oldest(Condition goes);
    void forget(oldest const& one, deletions& gone);
    /// Of reports of days before that.
    std::int64_t forget_keys(std::int64_t day);

    database::sqlite database_;
    database::disk_reserve reserve_;
    bool holds_reserve_ = false;
    bool giving_back_ = false;
};

} // namespace trafikito::server::store
