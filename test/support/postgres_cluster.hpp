#pragma once
// A real PostgreSQL for tests, from the programs that Debian has: in a directory of its own, with a
// socket of its own in there, as a user that is not root, without TCP. It is stopped and removed
// when the test ends, and also when the test's process dies.

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace trafikito::test {

class postgres_cluster {
public:
    /// Why there is none on this machine; empty when there is.
    static std::string missing();

    /// The one that all tests of this process share, begun with the first: it takes a second.
    static postgres_cluster& shared();

    /// `durable`: as it is usual; else what was committed is gone when the machine (not the
    /// process) dies, which tests need not wait for. Throws std::runtime_error.
    explicit postgres_cluster(bool durable = false);
    ~postgres_cluster();
    postgres_cluster(postgres_cluster const&) = delete;
    postgres_cluster& operator=(postgres_cluster const&) = delete;

    /// Makes an empty database of a name of its own, and returns its address.
    std::string new_database();
    [[nodiscard]] std::string address_of(std::string_view database) const;

    /// What psql prints for it (-At): in the database of that address. Throws when it fails.
    std::string query(std::string const& address, std::string const& sql) const;

    /// The postmaster; `kill(-pid, …)` reaches all of its processes.
    [[nodiscard]] pid_t pid() const;
    /// As `pg_ctl stop -m immediate`: as if it had crashed.
    void crash();
    /// After crash().
    void start();
    /// SIGSTOP, SIGCONT to it and all of its processes.
    void signal_all(int number) const;

    [[nodiscard]] std::filesystem::path const& directory() const { return directory_; }

private:
    void run_as_user(std::string const& command) const;

    std::filesystem::path programs_;
    std::filesystem::path directory_;
    std::string user_;
    pid_t owner_;
    int watch_ = -1; ///< at its end the watcher removes it all
    pid_t watcher_ = -1;
    int databases_ = 0;
};

} // namespace trafikito::test
