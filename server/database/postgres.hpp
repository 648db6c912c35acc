#pragma once
// PostgreSQL, by libpq in pipeline mode: what is sent does not wait for what was sent before it, so
// that a batch costs one way to the database and back, however far it is. Nothing here blocks
// longer than its patience (but for the look-up of the host's name, which takes as long as the
// system's resolver), and a database that went away is looked for again with the next statement.

#include "base/descriptor.hpp"
#include "server/database/connection.hpp"
#include "server/database/postgres_address.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct pg_conn;
struct pg_result;

namespace trafikito::server::database {

struct postgres_patience {
    std::chrono::milliseconds connect{5000};
    std::chrono::milliseconds answer{15'000};     ///< to one statement
    std::chrono::milliseconds lock{5000};         ///< that somebody else holds
    std::chrono::milliseconds between_tries{500}; ///< after it could not be reached
};

class postgres final : public connection {
public:
    /// An address of postgres_address.hpp; else it throws error. Connects with the first statement.
    explicit postgres(std::string address, access wanted = access::read_write,
                      postgres_patience patience = {});
    ~postgres() override;

    [[nodiscard]] engine kind() const override { return engine::postgres; }
    void run_script(std::string const& sql) override;
    [[nodiscard]] bool in_transaction() const override { return in_transaction_; }
    void interrupt() noexcept override;

    /// Where it is, without a password.
    [[nodiscard]] std::string shown() const { return shown_address(address_); }
    /// Another one than before: what the session held (locks) is gone.
    [[nodiscard]] std::uint64_t session() const { return session_; }

private:
    struct pending;
    class rows;
    struct closer {
        void operator()(pg_conn* handle) const;
    };

    std::unique_ptr<cursor> begin(std::string_view sql,
                                  std::vector<parameter> const& values) override;
    std::unique_ptr<cursor> send(std::string_view sql,
                                 std::vector<parameter> const& values) override;
    void begin_transaction(holding how) override;
    void commit() override;
    void roll_back() noexcept override;

    // postgres_session.cpp
    void require_connection();
    /// The connection is there, as far as one can see without asking.
    bool is_open();
    void connect();
    void finish_connecting(std::chrono::steady_clock::time_point end);
    void require_version();
    void set_up_session();
    /// Waits until the socket can be read, or also written. Throws away when that takes too long,
    /// or when it was interrupted.
    void wait_for_socket(bool write, std::chrono::steady_clock::time_point end);
    void drop() noexcept;
    [[noreturn]] void lose(std::string_view why);
    [[noreturn]] void lose_as(std::string_view how, std::string_view why);
    [[noreturn]] void lose(); ///< for what libpq says

    std::shared_ptr<pending> queue(bool statement);
    /// A statement without parameters, outside of those that are kept prepared.
    std::shared_ptr<pending> send_plain(std::string const& sql);
    std::shared_ptr<pending> send_sync();
    std::string const& name_of(std::string_view sql, std::vector<parameter> const& values);
    void wait_for(pending& one);
    void take_results();
    void take(pg_result* result);
    /// Throws what the database said of it.
    void check(pending const& one);

    std::string address_;
    access wanted_;
    postgres_patience patience_;
    base::descriptor wake_;
    std::atomic<bool> interrupted_{false};
    std::unique_ptr<pg_conn, closer> handle_;
    std::uint64_t session_ = 0;
    std::chrono::steady_clock::time_point not_before_; ///< it is tried again
    std::string why_away_;
    std::deque<std::shared_ptr<pending>> waiting_;          ///< for their results, in order
    std::map<std::string, std::string, std::less<>> names_; ///< of prepared statements
    std::shared_ptr<pending> failed_; ///< first that failed, in the transaction
    bool in_transaction_ = false;
    std::uint64_t prepared_ = 0;
    bool flush_asked_ = true; ///< of all that was sent
};

} // namespace trafikito::server::database
