#pragma once
// The store's changes on a full disk: how they get the room of the reserve. For the store's own
// sources.

#include "server/store/store.hpp"

#include <type_traits>

namespace trafikito::server::store {

/// The reserve's room is lent as long as this lives; then SQLite's log, emptied, gives it back.
class lent_reserve {
public:
    lent_reserve(disk_reserve const& reserve, bool hold, connection& database)
        : reserve_(reserve), bytes_(hold ? reserve.wanted() : reserve.held()), database_(database) {
        reserve_.give_up();
        database_.empty_log();
        set_overwriting("PRAGMA secure_delete = FAST");
    }
    ~lent_reserve() {
        set_overwriting("PRAGMA secure_delete = ON");
        database_.empty_log();
        if (bytes_ != 0) {
            reserve_.hold(bytes_);
        }
    }
    lent_reserve(lent_reserve const&) = delete;
    lent_reserve& operator=(lent_reserve const&) = delete;

private:
    // Many systems build SQLite so that it overwrites what it deletes: then a large report needs
    // more room to go than there is.
    void set_overwriting(char const* how) {
        try {
            if (overwrites_) {
                database_.run_script(how);
            }
        } catch (store_error const&) { // stopping: nothing is deleted any more
        }
    }

    disk_reserve const& reserve_;
    std::uintmax_t bytes_; ///< to be taken again
    connection& database_;
    bool overwrites_ = database_.overwrites_what_it_deletes();
};

// The log of a full disk can neither grow, not even by a deletion, nor be emptied into a database
// that cannot grow. The reserve's room is lent for both, and for a change that goes into pages of
// what was deleted: emptied again, the log has given back what it took.
template <typename Change>
auto store::with_room(std::size_t bytes, Change change) {
    try {
        return change();
    } catch (store_full const&) {
        if (!holds_reserve_) {
            throw;
        }
        lent_reserve const room(reserve_, true, database_);
        forget_all_old();
        if (!has_free_pages(bytes)) {
            throw;
        }
        return change();
    }
}

template <typename Change>
auto store::with_reserve(Change change) {
    try {
        return change();
    } catch (store_full const&) {
        lent_reserve const room(reserve_, holds_reserve_, database_);
        return change();
    }
}

template <typename Change>
auto store::small_change(Change change) {
    if (database_.in_transaction()) {
        return change();
    }
    return with_reserve([&] {
        transaction whole(database_);
        auto const result = change();
        whole.commit();
        return result;
    });
}

} // namespace trafikito::server::store
