#pragma once
// What of the store depends on the database that it has: how it is opened and brought up to date,
// what it does where there is no room, what others changed. The tables and all that is done with
// them is the same for all (store.hpp).

#include "server/database/connection.hpp"
#include "server/store/deletions.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::store {

class engine {
public:
    using action = std::function<void()>;

    // SQLite's log is emptied at 4 MiB; one report is at most 16 MiB.
    static constexpr std::uintmax_t reserve_bytes = 8UL * 1024 * 1024;

    engine() = default;
    virtual ~engine() = default;
    engine(engine const&) = delete;
    engine& operator=(engine const&) = delete;

    virtual database::connection& connection() = 0;

    /// Looks at the whole database, as far as that takes no longer; false when it does. Throws
    /// database::damaged.
    virtual bool check(std::chrono::milliseconds bound) = 0;

    /// Changes when somebody else has changed what is kept.
    virtual std::int64_t data_version() = 0;
    /// Changes when somebody else has changed which servers and enrolment tokens there are, what is
    /// asked of them, and what they have to offer; perhaps also when it was this process, and with
    /// other changes. Never below 0.
    virtual std::int64_t roster_version() { return data_version(); }
    /// Those servers, by their ids, and perhaps others and an empty one; nothing: they are many, or
    /// nobody knows.
    virtual std::optional<std::vector<std::string>> changed_since(std::int64_t /*roster_version*/) {
        return std::nullopt;
    }

    /// Reports with a number up to this are there, or will never be: of processes that store at the
    /// same time, one may be done with a higher number first.
    virtual std::int64_t settled_number() { return std::numeric_limits<std::int64_t>::max(); }

    /// The same of rows of values.
    virtual std::int64_t settled_values() { return std::numeric_limits<std::int64_t>::max(); }

    /// Of several processes on one database one keeps house: it alone deletes what is old, and says
    /// what time it is (store_retention.cpp). Another one takes over when it is gone.
    virtual bool keeps_house() { return true; }

    /// Whether a process that serves has the database, be it on another machine; where nobody else
    /// can have it, false.
    virtual bool is_served() { return false; }

    /// Whether this process is the one that packs, of several that use the database; until the
    /// connection ends. That two do is work for nothing, and no more.
    virtual bool packs() { return true; }

    /// Keeps `bytes` of the disk for the day on which it is full. For the one process that serves.
    virtual void hold_reserve(std::uintmax_t bytes) = 0;

    /// Before so many bytes are stored as of that day (store_time.hpp), outside of transactions.
    virtual void prepare_for(std::size_t bytes, std::int64_t day) = 0;
    /// The same within the transaction: throws database::full when they could not be kept safely.
    virtual void require_room(std::size_t bytes) = 0;

    /// Makes `change`, which stores about so many bytes; on a full disk once more where `forget`
    /// has left room for it.
    virtual void with_room(std::size_t bytes, action const& change, action const& forget) = 0;
    /// Makes a change that frees room or takes next to none; on a full disk in that of the reserve.
    virtual void with_reserve(action const& change) = 0;

    /// Throws database::damaged when there is a server of that id, which was not found.
    virtual void require_absent(std::string_view server_id) = 0;

    /// What is stored from now on has higher numbers than all that is there: rows came with theirs.
    virtual void number_on() {}

    /// Deletes a little of what is kept since before `limit` (store_time.hpp): reports, blocks and
    /// the keys of reports. Here and below a little is some milliseconds, however large a report
    /// is. As the last thing of a transaction, and only where it keeps house. What went.
    virtual deletions forget_reports(std::int64_t limit) = 0;
    /// Deletes a little of the oldest of all that is kept, while that takes more than `bound` bytes
    /// of the disk. In a transaction. What went; nothing when nothing needs to go, or nothing can.
    virtual deletions forget_beyond(std::uint64_t /*bound*/) { return {}; }
    /// What is kept takes so many bytes of the disk; not what was deleted and is still
    /// there. 0: nobody knows.
    virtual std::uint64_t used_bytes() { return 0; }
    /// Gives a little of the disk back, of what was deleted. Outside of transactions. False when
    /// there is next to none.
    virtual bool give_room_back() { return false; }
};

} // namespace trafikito::server::store
