#include "server/database/postgres.hpp"

#include "server/database/postgres_failure.hpp"
#include "server/database/postgres_pending.hpp"
#include "server/database/postgres_text.hpp"

#include "base/ascii.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace trafikito::server::database {

namespace {

using clock = std::chrono::steady_clock;

// Of pg_type.
constexpr Oid type_unknown = 0;
constexpr Oid type_bytes = 17;
constexpr Oid type_number = 20;
constexpr Oid type_text = 25;
constexpr int binary = 1;

/// Whoever changes what others rely on takes it alone, whoever stores reports shares it.
constexpr char const* lock_alone = "SELECT pg_advisory_xact_lock(7204165)";
constexpr char const* lock_shared = "SELECT pg_advisory_xact_lock_shared(7204165)";

} // namespace

class postgres::rows : public cursor {
public:
    rows(postgres& from, std::shared_ptr<pending> what) : from_(from), what_(std::move(what)) {}

    bool step() override {
        if (!what_->done) {
            from_.wait_for(*what_);
        }
        from_.check(*what_);
        return ++row_ < PQntuples(what_->result.get());
    }
    [[nodiscard]] std::int64_t number_at(int column) const override {
        // `sum()` is none: CAST(sum(x) AS BIGINT).
        static constexpr std::array<Oid, 4> whole{16, 20, 21, 23};
        if (std::ranges::find(whole, PQftype(what_->result.get(), column)) == whole.end()) {
            throw error("the database gave something that is no whole number");
        }
        return from_big_endian(at(column));
    }
    [[nodiscard]] std::string bytes_at(int column) const override {
        return std::string(at(column));
    }
    [[nodiscard]] bool null_at(int column) const override {
        return PQgetisnull(what_->result.get(), row_, column) != 0;
    }
    [[nodiscard]] std::int64_t changes() const override {
        std::string_view const text = PQcmdTuples(what_->result.get());
        std::int64_t count = 0;
        std::from_chars(text.data(), text.data() + text.size(), count);
        return count;
    }

private:
    [[nodiscard]] std::string_view at(int column) const {
        return {PQgetvalue(what_->result.get(), row_, column),
                static_cast<std::size_t>(PQgetlength(what_->result.get(), row_, column))};
    }

    postgres& from_;
    std::shared_ptr<pending> what_;
    int row_ = -1;
};

std::shared_ptr<postgres::pending> postgres::queue(bool statement) {
    auto one = std::make_shared<pending>();
    one->what = statement ? pending::kind::statement : pending::kind::preparation;
    waiting_.push_back(one);
    flush_asked_ = false;
    return one;
}

std::string const& postgres::name_of(std::string_view sql, std::vector<parameter> const& values) {
    std::string key(sql);
    std::vector<Oid> types;
    for (auto const& one : values) {
        static constexpr std::array types_of{type_unknown, type_number, type_text, type_bytes};
        static constexpr std::string_view letters = "unlb";
        auto const kind = static_cast<std::size_t>(one.what);
        types.push_back(types_of.at(kind));
        key += letters.at(kind);
    }
    auto const known = names_.find(key);
    if (known != names_.end()) {
        return known->second;
    }
    auto const name = "t" + std::to_string(++prepared_);
    if (PQsendPrepare(handle_.get(), name.c_str(), with_dollars(sql).c_str(),
                      static_cast<int>(types.size()), types.data()) == 0) {
        lose();
    }
    queue(false)->name = name;
    return names_.emplace(std::move(key), name).first->second;
}

std::unique_ptr<cursor> postgres::send(std::string_view sql, std::vector<parameter> const& values) {
    require_connection();
    if (!in_transaction_ && waiting_.empty()) {
        failed_.reset();
    }
    auto const& name = name_of(sql, values);
    std::deque<std::array<char, 8>> numbers;
    std::deque<std::string> texts;
    std::vector<char const*> bytes;
    std::vector<int> sizes;
    std::vector<int> const formats(values.size(), binary);
    for (auto const& one : values) {
        std::string_view value;
        if (one.what == parameter::kind::number) {
            auto const& kept = numbers.emplace_back(big_endian(one.number));
            value = {kept.data(), kept.size()};
        } else if (one.what == parameter::kind::text) {
            value = texts.emplace_back(as_utf8(one.text));
        } else if (one.what == parameter::kind::bytes) {
            value = one.bytes.data() == nullptr ? std::string_view("") : one.bytes;
        }
        bytes.push_back(one.what == parameter::kind::null ? nullptr : value.data());
        sizes.push_back(static_cast<int>(value.size()));
    }
    if (PQsendQueryPrepared(handle_.get(), name.c_str(), static_cast<int>(values.size()),
                            bytes.data(), sizes.data(), formats.data(), binary) == 0) {
        lose();
    }
    auto made = std::make_unique<rows>(*this, queue(true));
    if (!in_transaction_) {
        send_sync();
    }
    return made;
}

std::unique_ptr<cursor> postgres::begin(std::string_view sql,
                                        std::vector<parameter> const& values) {
    return send(sql, values);
}

std::shared_ptr<postgres::pending> postgres::send_plain(std::string const& sql) {
    if (PQsendQueryParams(handle_.get(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                          binary) == 0) {
        lose();
    }
    return queue(true);
}

std::shared_ptr<postgres::pending> postgres::send_sync() {
    if (PQpipelineSync(handle_.get()) == 0) {
        lose();
    }
    auto one = queue(true);
    one->what = pending::kind::sync;
    flush_asked_ = true;
    return one;
}

void postgres::wait_for(pending& one) {
    auto const end = clock::now() + patience_.answer;
    if (!flush_asked_ && handle_) {
        if (PQsendFlushRequest(handle_.get()) == 0) {
            lose();
        }
        flush_asked_ = true;
    }
    while (!one.done) {
        if (!handle_) {
            throw away(why_away_);
        }
        int const unsent = PQflush(handle_.get());
        if (unsent < 0) {
            lose();
        }
        // With something unsent it would wait for that, without a bound.
        if (unsent == 0) {
            take_results();
        }
        if (one.done) {
            break;
        }
        wait_for_socket(unsent == 1, end);
        if (PQconsumeInput(handle_.get()) == 0) {
            lose();
        }
    }
}

void postgres::take_results() {
    while (!waiting_.empty() && PQisBusy(handle_.get()) == 0) {
        take(PQgetResult(handle_.get()));
    }
}

void postgres::take(pg_result* result) {
    auto const first = waiting_.front();
    auto const status = result == nullptr ? PGRES_EMPTY_QUERY : PQresultStatus(result);
    bool const is_end = result == nullptr || status == PGRES_PIPELINE_SYNC;
    if (result != nullptr) {
        first->result.reset(result);
    }
    if (!is_end) {
        return; // a nothing follows
    }
    first->done = true;
    waiting_.pop_front();
    if (!first->failed()) {
        return;
    }
    if (!failed_) {
        failed_ = first;
    }
    std::erase_if(names_, [&](auto const& each) { return each.second == first->name; });
}

void postgres::check(pending const& one) {
    if (!one.lost.empty()) {
        throw away(one.lost);
    }
    if (!one.failed()) {
        return;
    }
    auto const* told = &one;
    if (PQresultStatus(one.result.get()) == PGRES_PIPELINE_ABORTED && failed_) {
        told = failed_.get();
    }
    auto const* const code = PQresultErrorField(told->result.get(), PG_DIAG_SQLSTATE);
    auto const* const words = PQresultErrorField(told->result.get(), PG_DIAG_MESSAGE_PRIMARY);
    fail_as(code == nullptr ? "" : code, one_line(words));
}

void postgres::run_script(std::string const& sql) {
    require_connection();
    // One after the other: the protocol of pipelines takes one command at a time.
    std::string_view rest = sql;
    std::vector<std::shared_ptr<pending>> sent;
    while (!rest.empty()) {
        auto const end = end_of_command(rest);
        auto const one = base::trim_white_space(rest.substr(0, end));
        if (!one.empty()) {
            sent.push_back(send_plain(std::string(one)));
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (!in_transaction_) {
        wait_for(*send_sync());
    } else if (!sent.empty()) {
        wait_for(*sent.back());
    }
    for (auto const& one : sent) {
        check(*one);
    }
}

void postgres::begin_transaction(holding how) {
    require_connection();
    failed_.reset();
    in_transaction_ = true;
    try {
        send_plain(how == holding::nothing ? "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
                                           : "BEGIN");
        if (how != holding::nothing) {
            send_plain(how == holding::all ? lock_alone : lock_shared);
        }
    } catch (...) {
        in_transaction_ = false;
        throw;
    }
}

void postgres::commit() {
    require_connection();
    auto const end = send_plain("COMMIT");
    try {
        wait_for(*send_sync());
    } catch (away const& lost) {
        throw away(std::string(lost.what()) + " (what was under way may have been done, or not)");
    }
    if (failed_) {
        check(*failed_);
    }
    check(*end);
    in_transaction_ = false;
}

void postgres::roll_back() noexcept {
    try {
        if (handle_) {
            send_sync(); // what follows an error is not heard before
            auto const end = send_plain("ROLLBACK");
            wait_for(*send_sync());
            check(*end);
        }
    } catch (std::exception const&) {
        drop(); // the database undoes it by itself
    }
    in_transaction_ = false;
    failed_.reset();
}

} // namespace trafikito::server::database
