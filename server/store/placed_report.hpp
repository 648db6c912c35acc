#pragma once
// A report where it stands among those of its server, be it as it came or in a block. For the files
// of the store that read reports.

#include "server/archive/number_text.hpp"
#include "server/archive/report_block.hpp"
#include "server/database/connection.hpp"
#include "server/store/store.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace trafikito::server::store {

struct placed_report {
    std::int64_t place = 0;
    report_row row;
};

bool is_later(placed_report const& one, placed_report const& other);

/// Of the row of a statement as store_reading.cpp has them.
placed_report read_report(database::statement const& query);

/// Nothing that was damaged is left out without a word.
template <typename Read>
auto readable(std::string const& what, Read read) {
    try {
        return read();
    } catch (archive::unreadable const& wrong) {
        throw store_damaged(what + " cannot be read: " + wrong.what() +
                            " (`trafikito-server check --full` looks at all of it)");
    }
}

std::string block_name(std::int64_t number);

/// The reports of a block that are wanted. One that does not say which it holds stands there as one
/// report: who asks for its outputs is told. It hides no other.
void add_reports_of(database::connection& database, database::statement const& block,
                    std::function<bool(archive::report_head const&)> const& wanted,
                    std::vector<placed_report>& to);

/// What is read is as it was at one moment, although others pack meanwhile.
class one_moment {
public:
    explicit one_moment(database::connection& database) {
        if (!database.in_transaction()) {
            whole_.emplace(database, database::holding::nothing);
        }
    }

private:
    std::optional<database::transaction> whole_;
};

std::vector<report_row> rows_of(std::vector<placed_report>&& all);

} // namespace trafikito::server::store
