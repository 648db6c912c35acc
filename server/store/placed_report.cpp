#include "server/store/placed_report.hpp"

#include "server/store/store_time.hpp"

#include <tuple>
#include <utility>

namespace trafikito::server::store {

namespace {

placed_report packed_report(archive::report_head const& head, database::statement const& block) {
    placed_report one;
    one.place = head.place;
    one.row.id = head.number;
    one.row.block = block.number_at(0);
    one.row.server_id = block.bytes_at(1);
    one.row.server_name = block.bytes_at(2);
    one.row.received = from_stored(head.received);
    if (head.collected) {
        one.row.collected = from_stored(*head.collected);
    }
    one.row.report_id = head.report_id;
    return one;
}

std::string body_of_block(database::connection& database, std::int64_t number) {
    auto query = database.prepare("SELECT body FROM blocks WHERE id = ?");
    return query.number(number).step() ? query.bytes_at(0) : std::string();
}

placed_report damaged_reports(database::statement const& block) {
    placed_report one;
    one.place = block.number_at(3);
    one.row.id = block.number_at(4);
    one.row.block = block.number_at(0);
    one.row.server_id = block.bytes_at(1);
    one.row.server_name = block.bytes_at(2);
    one.row.received = from_stored(one.place);
    return one;
}

} // namespace

bool is_later(placed_report const& one, placed_report const& other) {
    return std::tie(one.place, one.row.id) > std::tie(other.place, other.row.id);
}

placed_report read_report(database::statement const& query) {
    placed_report one;
    one.place = query.number_at(6);
    one.row.id = query.number_at(0);
    one.row.server_id = query.bytes_at(1);
    one.row.server_name = query.bytes_at(2);
    one.row.received = from_stored(query.number_at(3));
    one.row.collected = time_at(query, 4);
    one.row.report_id = query.bytes_at(5);
    return one;
}

std::string block_name(std::int64_t number) {
    return "block " + std::to_string(number) + " of the database";
}

void add_reports_of(database::connection& database, database::statement const& block,
                    std::function<bool(archive::report_head const&)> const& wanted,
                    std::vector<placed_report>& to) {
    std::vector<archive::report_head> heads;
    try {
        auto const body = body_of_block(database, block.number_at(0));
        heads = archive::block_reader(body).heads();
    } catch (archive::unreadable const&) {
        to.push_back(damaged_reports(block));
    } catch (store_damaged const&) {
        to.push_back(damaged_reports(block));
    }
    for (auto const& head : heads) {
        if (wanted(head)) {
            to.push_back(packed_report(head, block));
        }
    }
}

std::vector<report_row> rows_of(std::vector<placed_report>&& all) {
    std::vector<report_row> rows;
    rows.reserve(all.size());
    for (auto& one : all) {
        rows.push_back(std::move(one.row));
    }
    return rows;
}

} // namespace trafikito::server::store
