#pragma once
// The servers that are known, in memory: who may ask, and what each is to be asked. The API answers
// from it, so that orders and keys do not wait for the store. What another process changes
// (`servers add`, `order`) is read again before the next answer, as long as the store answers soon;
// one that does not is not waited for.

#include "base/log.hpp"
#include "server/store/store_thread.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::api {

class roster {
public:
    using server_ptr = std::shared_ptr<store::server_row const>;

    /// How long an answer waits for the store at most, to be as fresh as it.
    static constexpr std::chrono::milliseconds patience{250};

    /// `serving` runs in one thread.
    roster(boost::asio::any_io_executor serving, store::store_thread& kept, base::log& log);

    /// While the store thread has something to do, known servers are taken as they were that long
    /// ago: an answer does not wait for the commit of others.
    static constexpr std::chrono::milliseconds busy_age{250};

    /// Has what the store has, unless that takes longer than `patience`. Throws store_unavailable
    /// when it has never had it.
    boost::asio::awaitable<void> freshen();
    /// The same, and may be as old as `busy_age` while the store thread is busy.
    boost::asio::awaitable<void> freshen_for_known();

    /// It had what the store had a moment ago.
    [[nodiscard]] bool is_current() const;

    /// Null when there is none.
    [[nodiscard]] server_ptr find(std::string_view id) const;
    [[nodiscard]] server_ptr find(security::digest const& key) const;
    /// Whether the administrator removed the server that has this key.
    [[nodiscard]] bool was_removed(security::digest const& key) const;
    /// Whether there is an enrolment token of that digest, whatever became of it. Strangers are
    /// told that there is none without a question to the store.
    [[nodiscard]] bool knows_token(security::digest const& token) const;
    /// Whether a server has, or had until it was removed, that id, written in whatever case.
    [[nodiscard]] bool has_id_like(std::string_view text) const;
    /// Whether another one than that has the name.
    [[nodiscard]] bool has_name(std::string_view name, std::string_view but_id) const;

    /// Whatever the store says of its version, when it is asked next: it knows one less.
    void read_anew();

    /// As the store has it now.
    void put(store::server_row row);
    /// Its list of commands is that one now.
    void has_list(std::string_view id, std::string_view available);

private:
    struct content {
        std::int64_t version = 0;
        std::optional<std::vector<std::string>> changed; ///< ids; nothing: `servers` are all
        std::vector<store::server_row> servers;
        std::vector<store::removed_row> removed;
        std::vector<security::digest> tokens;
    };
    static constexpr std::int64_t never = -1;
    static constexpr std::int64_t doubted = -2;

    boost::asio::awaitable<void> read_again();
    void take(content&& all);
    void forget(std::string_view id);

    boost::asio::any_io_executor serving_;
    store::store_thread& kept_;
    base::log& log_;
    std::map<std::string, server_ptr, std::less<>> by_id_;
    std::map<security::digest, server_ptr> by_key_;
    std::map<security::digest, std::string> removed_; ///< keys and ids
    std::set<security::digest> tokens_;
    std::int64_t version_ = never;                 ///< store::roster_version() when it was read
    std::chrono::steady_clock::time_point looked_; ///< when it had what the store had
    bool reading_ = false;
    boost::asio::steady_timer read_;
};

} // namespace trafikito::server::api
