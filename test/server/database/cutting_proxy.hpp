#pragma once
// Between a program and the socket of PostgreSQL: passes all on, until it cuts the connection at
// the COMMIT of a transaction.

#include "base/descriptor.hpp"
#include "test/support/temporary_directory.hpp"

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

namespace trafikito::test {

class cutting_proxy {
public:
    enum class cut { never, before_commit, before_its_answer };

    /// `server`: the directory of its socket.
    explicit cutting_proxy(std::filesystem::path const& server);
    ~cutting_proxy();
    cutting_proxy(cutting_proxy const&) = delete;
    cutting_proxy& operator=(cutting_proxy const&) = delete;

    /// The directory of the socket to be used instead.
    [[nodiscard]] std::filesystem::path const& directory() const { return directory_.path(); }

    /// The next transaction that ends. Once.
    void cut_next(cut when) { when_ = when; }

private:
    void serve();
    void pass(int client, int server);

    temporary_directory directory_;
    std::string server_;
    base::descriptor listening_;
    base::descriptor stop_;
    std::atomic<cut> when_{cut::never};
    std::thread thread_;
};

} // namespace trafikito::test
