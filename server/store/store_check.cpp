// Whether all that the store keeps can be read, and agrees with what is said of it elsewhere.
#include "server/store/store.hpp"

#include "server/archive/number_text.hpp"
#include "server/archive/report_block.hpp"
#include "server/archive/report_body.hpp"
#include "server/store/report_keys.hpp"
#include "server/store/store_check.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::server::store {

namespace {

constexpr std::size_t most_faults = 100;
constexpr std::int64_t row_of_block = 256;

/// Of one server, as it is at one moment.
class server_check {
public:
    server_check(database::connection& database, std::string id, verification& found)
        : database_(database), id_(std::move(id)), found_(found),
          one_moment_(database, database::holding::nothing) {}

    /// False when it took longer.
    template <typename Clock>
    bool run(Clock in_time);

private:
    std::vector<std::int64_t> numbers(std::string_view sql);
    void check_report(std::int64_t number);
    void check_block(std::int64_t number);
    void check_heads(archive::block_reader const& block, database::statement const& row);
    void check_key(archive::report_head const& head);
    bool has_key(std::string const& key);
    void check_values(std::int64_t number);
    void check_value_block(std::int64_t number);
    void check_series(std::vector<std::int64_t> const& all);
    void check_sum();
    void say(std::string const& what);
    template <typename Check>
    void readable(std::string const& what, Check check);

    database::connection& database_;
    std::string id_;
    verification& found_;
    database::transaction one_moment_;
    std::int64_t bytes_ = 0;
    std::vector<std::int64_t> series_;
    std::string about_; ///< what is being looked at
};

void server_check::say(std::string const& what) {
    if (found_.faults.size() < most_faults) {
        found_.faults.push_back("server " + id_ + ", " + what);
    } else {
        ++found_.more;
    }
}

template <typename Check>
void server_check::readable(std::string const& what, Check check) {
    about_ = what;
    try {
        check();
    } catch (archive::unreadable const& wrong) {
        say(about_ + " cannot be read: " + wrong.what());
    } catch (store_damaged const& wrong) {
        say(about_ + " cannot be read: " + wrong.what());
    }
}

std::vector<std::int64_t> server_check::numbers(std::string_view sql) {
    std::vector<std::int64_t> all;
    auto query = database_.prepare(sql);
    for (query.text(id_); query.step();) {
        all.push_back(query.number_at(0));
    }
    return all;
}

bool server_check::has_key(std::string const& key) {
    auto query = database_.prepare("SELECT 1 FROM report_keys WHERE key = ?");
    return query.blob(key).step();
}

// Where that is lost, a report that is sent again is stored again.
void server_check::check_key(archive::report_head const& head) {
    if ((!head.report_id.empty() && !has_key(key_of_id(id_, head.report_id))) ||
        (!head.token.empty() && !has_key(key_of_token(id_, head.token)))) {
        say(about_ + ": that report " + std::to_string(head.number) +
            " came is not noted: sent again it would be stored again");
    }
}

void server_check::check_report(std::int64_t number) {
    readable("report " + std::to_string(number), [&] {
        auto row =
            database_.prepare("SELECT bytes, token, report_id, body FROM reports WHERE id = ?");
        if (!row.number(number).step()) {
            throw archive::unreadable("it is in an index, and not where that says");
        }
        bytes_ += row.number_at(0);
        archive::report_head head;
        head.number = number;
        head.token = row.bytes_at(1);
        head.report_id = row.bytes_at(2);
        archive::read_body(row.bytes_at(3));
        check_key(head);
        ++found_.reports;
    });
}

void server_check::check_heads(archive::block_reader const& block, database::statement const& row) {
    using archive::report_head;
    auto const& heads = block.heads();
    auto const count = static_cast<std::int64_t>(heads.size());
    if (heads.empty() || count != row.number_at(0)) {
        say(about_ + " holds " + std::to_string(count) + " reports and should hold " +
            std::to_string(row.number_at(0)));
        return;
    }
    auto const [low, high] = std::ranges::minmax(heads, {}, &report_head::number);
    auto const [first, last] = std::ranges::minmax(heads, {}, &report_head::place);
    if (low.number != row.number_at(1) || high.number != row.number_at(2) ||
        first.place != row.number_at(3) || last.place != row.number_at(4)) {
        say(about_ + " holds other reports than its row says");
    }
    std::ranges::for_each(heads, [&](auto const& head) { check_key(head); });
}

void server_check::check_block(std::int64_t number) {
    readable("block " + std::to_string(number), [&] {
        auto row = database_.prepare("SELECT reports, first_id, last_id, first_at, last_at, bytes, "
                                     "body FROM blocks WHERE id = ?");
        if (!row.number(number).step()) {
            throw archive::unreadable("it is in an index, and not where that says");
        }
        about_ += " (reports " + std::to_string(row.number_at(1)) + " to " +
                  std::to_string(row.number_at(2)) + ")";
        bytes_ += row.number_at(5);
        auto const body = row.bytes_at(6);
        if (row.number_at(5) != static_cast<std::int64_t>(body.size()) + row_of_block) {
            say(about_ + " has another size than its row says");
        }
        archive::block_reader const block(body);
        check_heads(block, row);
        block.check();
        found_.reports += static_cast<std::int64_t>(block.heads().size());
    });
}

// Values of a series that is not there belong to nothing.
void server_check::check_series(std::vector<std::int64_t> const& all) {
    for (auto const series : all) {
        if (!std::ranges::binary_search(series_, series)) {
            say(about_ + " has values of series " + std::to_string(series) +
                ", which is not there");
        }
    }
}

void server_check::check_values(std::int64_t number) {
    readable("row of values " + std::to_string(number), [&] {
        auto row = database_.prepare("SELECT body FROM fresh_values WHERE id = ?");
        if (!row.number(number).step()) {
            throw archive::unreadable("it is in an index, and not where that says");
        }
        auto const read = values::read_fresh(row.bytes_at(0));
        std::vector<std::int64_t> all(read.size());
        std::ranges::transform(read, all.begin(), &values::series_value::series);
        check_series(all);
    });
}

void server_check::check_value_block(std::int64_t number) {
    readable("block of values " + std::to_string(number), [&] {
        auto row = database_.prepare(
            "SELECT step, first_at, last_at, body FROM value_blocks WHERE id = ?");
        if (!row.number(number).step()) {
            throw archive::unreadable("it is in an index, and not where that says");
        }
        auto const block = values::read_block(row.bytes_at(3));
        auto const length = std::max<std::int64_t>(block.step - 1, 0);
        if (block.step != row.number_at(0) || block.times.empty() ||
            block.times.front() != row.number_at(1) ||
            block.times.back() + length != row.number_at(2)) {
            say(about_ + " holds other values than its row says");
        }
        std::vector<std::int64_t> all(block.columns.size());
        std::ranges::transform(block.columns, all.begin(), &values::value_column::series);
        check_series(all);
    });
}

void server_check::check_sum() {
    auto row = database_.prepare("SELECT kept_bytes FROM servers WHERE id = ?");
    row.text(id_);
    if (row.step() && row.number_at(0) != bytes_) {
        say("what it is said to keep, " + std::to_string(row.number_at(0)) +
            " bytes, is not what is there, " + std::to_string(bytes_));
    }
}

template <typename Clock>
bool server_check::run(Clock in_time) {
    for (auto const number : numbers("SELECT id FROM reports WHERE server_id = ? ORDER BY id")) {
        if (!in_time()) {
            return false;
        }
        check_report(number);
    }
    for (auto const number : numbers("SELECT id FROM blocks WHERE server_id = ? ORDER BY id")) {
        if (!in_time()) {
            return false;
        }
        check_block(number);
    }
    series_ = numbers("SELECT id FROM series WHERE server_id = ? ORDER BY id");
    for (auto const number :
         numbers("SELECT id FROM fresh_values WHERE server_id = ? ORDER BY id")) {
        if (!in_time()) {
            return false;
        }
        check_values(number);
    }
    for (auto const number :
         numbers("SELECT id FROM value_blocks WHERE server_id = ? ORDER BY id")) {
        if (!in_time()) {
            return false;
        }
        check_value_block(number);
    }
    check_sum();
    return true;
}

} // namespace

// Server by server, so that a log that is written meanwhile can be moved into the database.
verification store::verify(std::chrono::milliseconds bound) {
    auto const end = std::chrono::steady_clock::now() + bound;
    auto const in_time = [&] { return std::chrono::steady_clock::now() < end; };
    verification found;
    std::vector<std::string> ids;
    {
        auto query = database_.prepare("SELECT id FROM servers ORDER BY id");
        while (query.step()) {
            ids.push_back(query.bytes_at(0));
        }
    }
    for (auto& id : ids) {
        found.whole = found.whole && server_check(database_, std::move(id), found).run(in_time);
    }
    return found;
}

} // namespace trafikito::server::store
