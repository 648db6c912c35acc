// The store's reports on their way into blocks: which are to be packed, and how a block takes their
// place.
#include "server/store/store.hpp"

#include "server/archive/number_text.hpp"
#include "server/store/report_pack.hpp"
#include "server/store/store_room.hpp"
#include "server/store/store_time.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::server::store {

namespace {

constexpr std::int64_t most_crowded = 1000;
constexpr std::int64_t row_of_block = 256; ///< what its row takes beside what it holds

archive::report_head read_head(database::statement const& query) {
    archive::report_head head;
    head.number = query.number_at(0);
    head.received = query.number_at(1);
    head.place = query.number_at(2);
    head.kept_since = query.number_at(3);
    if (!query.null_at(4)) {
        head.collected = query.number_at(4);
    }
    if (!query.null_at(5)) {
        head.took = query.number_at(5);
    }
    head.token = query.bytes_at(6);
    head.report_id = query.bytes_at(7);
    head.bytes = query.number_at(8);
    return head;
}

/// What all of them have in common.
struct extent {
    explicit extent(report_pack const& pack) {
        auto const& all = pack.reports;
        auto const [low, high] = std::ranges::minmax(all, {}, &archive::report_head::number);
        first_id = low.number;
        last_id = high.number;
        kept_since = std::ranges::max(all, {}, &archive::report_head::kept_since).kept_since;
        for (auto const& one : all) {
            bytes += one.bytes;
        }
    }
    std::int64_t first_id = 0;
    std::int64_t last_id = 0;
    std::int64_t kept_since = 0;
    std::int64_t bytes = 0; ///< that they counted for
};

} // namespace

// Numbers rise with time: halves until it is found. Where a clock was set back, what came before
// is packed earlier.
std::int64_t store::first_young_report() {
    auto const now = to_stored(now_());
    auto ends = database_.prepare("SELECT (SELECT coalesce(min(id), 1) FROM reports), "
                                  "(SELECT coalesce(max(id), 0) FROM reports)");
    ends.step();
    auto low = ends.number_at(0);
    auto high = ends.number_at(1) + 1;
    while (low < high) {
        auto const middle = low + (high - low) / 2;
        auto next = database_.prepare(
            "SELECT id, received_at FROM reports WHERE id >= ? ORDER BY id LIMIT 1");
        bool const there = next.number(middle).step();
        if (!there || (next.number_at(1) > now - milliseconds_fresh &&
                       next.number_at(1) < now + milliseconds_fresh)) {
            high = middle;
        } else {
            low = next.number_at(0) + 1;
        }
    }
    return low;
}

std::vector<std::string> store::servers_to_pack(std::int64_t young,
                                                unreadable_reports const& left_out) {
    std::vector<std::string> ids;
    auto query = database_.prepare("SELECT server_id, min(id) AS oldest FROM reports GROUP BY "
                                   "server_id HAVING count(*) >= ?1 OR min(id) < ?2 "
                                   "ORDER BY oldest LIMIT ?3");
    query.number(enough_to_pack).number(young);
    query.number(most_crowded + static_cast<std::int64_t>(left_out.numbers.size()));
    while (query.step()) {
        ids.push_back(query.bytes_at(0));
    }
    return ids;
}

namespace {

/// Numbers of the server's first reports, in their order, without those that are left out.
std::vector<std::int64_t> first_reports(database::connection& database, std::string_view server_id,
                                        std::size_t count, unreadable_reports const& left_out) {
    std::vector<std::int64_t> numbers;
    auto query =
        database.prepare("SELECT id FROM reports WHERE server_id = ? ORDER BY data_at, id LIMIT ?");
    query.text(server_id).number(static_cast<std::int64_t>(count + left_out.numbers.size()));
    while (query.step()) {
        if (!left_out.numbers.contains(query.number_at(0))) {
            numbers.push_back(query.number_at(0));
        }
    }
    numbers.resize(std::min(numbers.size(), count));
    return numbers;
}

/// False when the block is full.
bool pack_report(database::connection& database, std::int64_t number, std::size_t& bytes,
                 archive::block_writer& block, report_pack& pack) {
    auto query = database.prepare("SELECT id, received_at, data_at, kept_since, collected_at, "
                                  "took, token, report_id, bytes, body FROM reports WHERE id = ?");
    if (!query.number(number).step()) {
        throw store_damaged("it is in an index, and not where that says");
    }
    auto const body = query.bytes_at(9);
    bytes += body.size();
    auto head = read_head(query);
    if ((!pack.reports.empty() && bytes > max_bytes_of_pack) || !block.add(head, body)) {
        return false;
    }
    pack.reports.push_back(std::move(head));
    return true;
}

} // namespace

bool store::has_enough_to_pack(std::string_view server_id, std::int64_t young,
                               unreadable_reports const& left_out) {
    auto const first = first_reports(database_, server_id, enough_to_pack, left_out);
    return std::ssize(first) == enough_to_pack ||
           std::ranges::any_of(first, [&](auto number) { return number < young; });
}

// One that cannot be read is no reason to leave the others as they are.
std::optional<report_pack> store::pack_oldest(std::string_view server_id,
                                              unreadable_reports& left_out) {
    database::transaction const all_as_one(database_, database::holding::nothing);
    archive::block_writer block;
    report_pack pack{.server_id = std::string(server_id), .reports = {}, .body = {}};
    std::size_t bytes = 0;
    auto const leave_out = [&](std::int64_t number, char const* why) {
        left_out.fault = "report " + std::to_string(number) + " of server " + pack.server_id +
                         " cannot be read and stays as it is: " + why;
        left_out.numbers.insert(number);
    };
    for (auto const number : first_reports(database_, server_id, max_reports_of_pack, left_out)) {
        try {
            if (!pack_report(database_, number, bytes, block, pack)) {
                break;
            }
        } catch (archive::unreadable const& wrong) {
            leave_out(number, wrong.what());
        } catch (store_damaged const& wrong) {
            leave_out(number, wrong.what());
        }
    }
    if (pack.reports.empty()) {
        return std::nullopt;
    }
    pack.body = block.finish();
    return pack;
}

// Lowest number first, so that two that pack the same do not wait for each other in a circle: who
// comes second finds nothing.
bool store::replace_by_block(report_pack const& pack) {
    extent const of(pack);
    auto numbers = pack.reports;
    std::ranges::sort(numbers, {}, &archive::report_head::number);
    auto const size = static_cast<std::int64_t>(pack.body.size()) + row_of_block;
    return with_reserve([&] {
        database::transaction change(database_, database::holding::shared);
        // The server first, as those that store its reports: nobody waits for another in a circle.
        database_.prepare("UPDATE servers SET kept_bytes = kept_bytes + ? WHERE id = ?")
            .number(size - of.bytes)
            .text(pack.server_id)
            .send();
        std::vector<database::statement> gone;
        gone.reserve(numbers.size());
        for (auto const& one : numbers) {
            gone.push_back(database_.prepare(
                "DELETE FROM reports WHERE id = ? AND kept_since = ? AND server_id = ?"));
            gone.back().number(one.number).number(one.kept_since).text(pack.server_id).send();
        }
        if (!std::ranges::all_of(gone, [](auto& one) { return one.run() == 1; })) {
            return false;
        }
        database_
            .prepare("INSERT INTO blocks (server_id, first_at, last_at, first_id, last_id, "
                     "kept_since, reports, bytes, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .text(pack.server_id)
            .number(pack.reports.front().place)
            .number(pack.reports.back().place)
            .number(of.first_id)
            .number(of.last_id)
            .number(of.kept_since)
            .number(static_cast<std::int64_t>(pack.reports.size()))
            .number(size)
            .blob(pack.body)
            .send();
        change.commit();
        return true;
    });
}

} // namespace trafikito::server::store
