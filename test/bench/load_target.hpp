#pragma once
// What the load is sent to: trafikito-server, one process or several, with a database of its own
// that knows the machines beforehand; and for PostgreSQL a real one in a directory of its own, on a
// socket of its own. All of it ends with its owner.

#include "test/bench/process.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace trafikito::test::bench {

/// A PostgreSQL that listens on a unix socket in its directory. Root starts it as `postgres`.
class postgres_server {
public:
    explicit postgres_server(std::filesystem::path directory);
    ~postgres_server();
    postgres_server(postgres_server const&) = delete;
    postgres_server& operator=(postgres_server const&) = delete;

    [[nodiscard]] std::string url() const;
    /// As `pg_ctl -m immediate` does it.
    void crash();
    /// It recovers, and answers when this returns.
    void start();
    /// Of all its processes.
    [[nodiscard]] std::chrono::nanoseconds processor_time() const;
    [[nodiscard]] std::uintmax_t disk_bytes() const;

private:
    void wait_until_it_answers() const;

    std::filesystem::path directory_;
    std::filesystem::path programs_;
    std::string user_;
    std::unique_ptr<process> serving_;
};

struct target_options {
    std::filesystem::path program;
    std::filesystem::path directory;
    bool postgres = false;
    std::size_t processes = 1; ///< more than one: PostgreSQL alone
    std::size_t machines = 0;
    std::string available;         ///< the list that they showed before
    std::vector<std::string> more; ///< of the command line
};

class load_target {
public:
    explicit load_target(target_options options);
    ~load_target();

    [[nodiscard]] std::vector<boost::asio::ip::tcp::endpoint> endpoints() const;
    [[nodiscard]] std::filesystem::path authority() const;

    /// Starts one that is not running, and waits until it listens.
    void start(std::size_t index);
    void kill(std::size_t index);
    /// TERM, and waits.
    void stop();

    [[nodiscard]] std::size_t processes() const { return serving_.size(); }
    [[nodiscard]] process const& serving(std::size_t index) const { return *serving_[index]; }
    [[nodiscard]] postgres_server* database() { return database_.get(); }

    /// Of all server processes, and of the database.
    [[nodiscard]] std::chrono::nanoseconds server_time() const;
    [[nodiscard]] std::chrono::nanoseconds database_time() const;
    [[nodiscard]] std::uintmax_t disk_bytes() const;
    /// For the store library: a file, or a URL.
    [[nodiscard]] std::string database_address() const;

private:
    [[nodiscard]] std::filesystem::path data(std::size_t index) const;
    void enrol();

    target_options options_;
    std::unique_ptr<postgres_server> database_;
    std::vector<std::unique_ptr<process>> serving_;
    std::vector<unsigned short> ports_;
};

} // namespace trafikito::test::bench
