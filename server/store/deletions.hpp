#pragma once
// What went of what was kept, because of its age, for a quota, or for the size of all.

#include <cstdint>

namespace trafikito::server::store {

struct deletions {
    std::int64_t reports = 0;
    std::int64_t bytes = 0; ///< of these, as they count (server_row::kept_bytes)
    std::int64_t calls = 0;
    std::int64_t feedback = 0;
    std::int64_t values = 0; ///< rows and blocks of them
    std::int64_t keys = 0;   ///< of reports: nothing that anybody sees
    bool unfinished = false; ///< there is more to do, whatever was counted

    deletions& operator+=(deletions const& more) {
        reports += more.reports;
        bytes += more.bytes;
        calls += more.calls;
        feedback += more.feedback;
        values += more.values;
        keys += more.keys;
        unfinished = more.unfinished;
        return *this;
    }
    [[nodiscard]] bool none() const {
        return reports == 0 && calls == 0 && feedback == 0 && values == 0 && keys == 0 &&
               !unfinished;
    }
};

} // namespace trafikito::server::store
