#pragma once
// Passwords of people: argon2id by libsodium, of which only its text is kept. The API asks the
// hasher, which has a thread of its own, for each takes 64 MiB and some tens of milliseconds; the
// command line hashes by itself. A password is never logged, and its bytes do not stay.

#include "server/security/wiped_text.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace trafikito::server::security {

inline constexpr std::size_t least_password = 10;     ///< characters
inline constexpr std::size_t longest_password = 1024; ///< bytes

/// What is wrong with it, as a sentence for whoever chose it; empty: nothing.
std::string fault_of_password(std::string_view password);

/// As `$argon2id$…`. Throws std::runtime_error when there is no memory for it.
std::string hash_password(wiped_text const& password);
/// Whether it is the one of which that hash was made; false for what is no hash.
bool is_password(std::string const& hash, wiped_text const& password);

/// How many may wait for the hasher.
struct hasher_limits {
    std::size_t waiting = 8;
    std::size_t spare = 4; ///< beyond those, for who is known; they come first, too
};

class password_hasher {
public:
    /// Those that ask do so in the one thread of `serving`, which lives as long as any of them.
    explicit password_hasher(boost::asio::any_io_executor serving, hasher_limits limits = {});
    /// Waits for the one that is under way; those that wait hear that there is no room.
    ~password_hasher();
    password_hasher(password_hasher const&) = delete;
    password_hasher& operator=(password_hasher const&) = delete;

    enum class standing : std::uint8_t {
        stranger,
        known, ///< by a device or a session: no crowd of strangers keeps him out
    };

    /// Nothing: too many wait. Throws what hash_password() throws.
    boost::asio::awaitable<std::optional<std::string>> hash(wiped_text password, standing of);
    /// The same of is_password(). Without a hash it takes as long, and it is not the password.
    boost::asio::awaitable<std::optional<bool>> check(std::optional<std::string> hash,
                                                      wiped_text password, standing of);

private:
    struct job;

    boost::asio::awaitable<bool> done(std::shared_ptr<job> what, standing of);
    bool add(std::shared_ptr<job> const& what, standing of);
    std::shared_ptr<job> next();
    void work_off();

    boost::asio::any_io_executor serving_;
    hasher_limits limits_;
    std::mutex guard_; ///< of what follows
    std::condition_variable changed_;
    std::deque<std::shared_ptr<job>> known_;
    std::deque<std::shared_ptr<job>> strangers_;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace trafikito::server::security
