#include "net/link/resolver.hpp"

#include "base/signals_blocked.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <cstring>
#include <netdb.h>

namespace trafikito::net::link {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

failure lookup_failure(std::string const& host, std::uint16_t port, std::string what,
                       std::string hint) {
    failure why;
    why.at = step::resolve;
    why.peer = host + ':' + std::to_string(port);
    why.what = std::move(what);
    why.hint = std::move(hint);
    why.retryable = true;
    return why;
}

/// What resolver and threads have in common; a thread that outlives the resolver finds it gone.
struct shared_state {
    std::mutex mutex;
    bool gone = false;
    std::size_t running = 0;
    asio::any_io_executor executor;
};

/// One look-up that a coroutine waits for. Only the coroutine owns it: it holds a timer of the
/// io_context, so a thread must never be the one to destroy it.
struct pending {
    explicit pending(asio::any_io_executor const& executor)
        : answered(executor, asio::steady_timer::time_point::max()) {}

    asio::steady_timer answered; ///< never expires, is cancelled when the answer is there
    std::optional<result<addresses>> answer;
};

void deliver(shared_state& state, std::weak_ptr<pending> const& waiting, result<addresses> answer) {
    std::lock_guard const lock(state.mutex);
    --state.running;
    if (!state.gone) {
        asio::post(state.executor, [waiting, answer = std::move(answer)]() mutable {
            if (auto const still = waiting.lock()) {
                still->answer = std::move(answer);
                still->answered.cancel();
            }
        });
    }
}

std::optional<addresses> known_without_asking(std::string const& host, std::uint16_t port) {
    if (host == "localhost") {
        return addresses{{asio::ip::address_v4::loopback(), port},
                         {asio::ip::address_v6::loopback(), port}};
    }
    boost::system::error_code no_address;
    auto const address = asio::ip::make_address(host, no_address);
    if (no_address) {
        return std::nullopt;
    }
    return addresses{{address, port}};
}

/// By a filter of system calls that does not let the C library start threads.
bool is_forbidden(std::error_code error) {
    return error == std::errc::operation_not_permitted ||
           error == std::errc::function_not_supported;
}

class threaded_resolver : public resolver {
public:
    threaded_resolver(asio::any_io_executor executor, blocking_lookup lookup,
                      std::size_t max_lookups)
        : state_(std::make_shared<shared_state>()), lookup_(std::move(lookup)),
          max_lookups_(max_lookups) {
        state_->executor = std::move(executor);
    }

    ~threaded_resolver() override {
        std::lock_guard const lock(state_->mutex);
        state_->gone = true;
        state_->executor = {};
    }

    threaded_resolver(threaded_resolver const&) = delete;
    threaded_resolver& operator=(threaded_resolver const&) = delete;

    asio::awaitable<result<addresses>> resolve(std::string host, std::uint16_t port) override {
        if (auto known = known_without_asking(host, port)) {
            co_return std::move(*known);
        }
        auto const waiting = std::make_shared<pending>(co_await asio::this_coro::executor);
        if (auto why_not = start(host, port, waiting)) {
            co_return std::move(*why_not);
        }
        co_await waiting->answered.async_wait(asio::as_tuple(asio::use_awaitable));
        if (!waiting->answer) {
            throw boost::system::system_error(asio::error::operation_aborted);
        }
        co_return std::move(*waiting->answer);
    }

private:
    std::optional<failure> start(std::string const& host, std::uint16_t port,
                                 std::weak_ptr<pending> waiting) {
        {
            std::lock_guard const lock(state_->mutex);
            if (state_->running == max_lookups_) {
                return lookup_failure(host, port,
                                      std::to_string(max_lookups_) +
                                          " earlier look-ups still wait for an answer",
                                      "are the name servers in /etc/resolv.conf reachable?");
            }
            ++state_->running;
        }
        try {
            base::signals_blocked const inherited;
            std::thread([state = state_, lookup = lookup_, host, port, waiting] {
                deliver(*state, waiting, lookup(host, port));
            }).detach();
        } catch (std::system_error const& error) {
            if (is_forbidden(error.code())) { // nobody else can do it, now or later
                deliver(*state_, waiting, lookup_(host, port));
                return std::nullopt;
            }
            std::lock_guard const lock(state_->mutex);
            --state_->running;
            return lookup_failure(host, port, std::string("cannot start a thread: ") + error.what(),
                                  {});
        }
        return std::nullopt;
    }

    std::shared_ptr<shared_state> state_;
    blocking_lookup lookup_;
    std::size_t max_lookups_;
};

std::string_view hint_for(int error) {
    switch (error) {
    case EAI_NONAME:
        return "check the name for a slip of the pen";
    case EAI_AGAIN:
        return "is there a network, and are the name servers in /etc/resolv.conf reachable?";
    default:
        return {};
    }
}

result<addresses> ask_system(std::string const& host, std::uint16_t port) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    int const error = ::getaddrinfo(host.c_str(), nullptr, &wanted, &list);
    if (error != 0) {
        std::string what = error == EAI_SYSTEM ? std::system_category().message(errno)
                                               : std::string(::gai_strerror(error));
        return lookup_failure(host, port, std::move(what), std::string(hint_for(error)));
    }
    addresses found;
    for (auto const* entry = list; entry != nullptr; entry = entry->ai_next) {
        tcp::endpoint address;
        if ((entry->ai_family == AF_INET || entry->ai_family == AF_INET6) &&
            entry->ai_addrlen <= address.capacity()) {
            std::memcpy(address.data(), entry->ai_addr, entry->ai_addrlen);
            address.resize(entry->ai_addrlen);
            address.port(port);
            found.push_back(address);
        }
    }
    ::freeaddrinfo(list);
    if (found.empty()) {
        return lookup_failure(host, port, "the name has no IP address", {});
    }
    return found;
}

} // namespace

std::unique_ptr<resolver> make_threaded_resolver(asio::any_io_executor executor,
                                                 blocking_lookup lookup, std::size_t max_lookups) {
    return std::make_unique<threaded_resolver>(std::move(executor), std::move(lookup), max_lookups);
}

std::unique_ptr<resolver> make_system_resolver(asio::any_io_executor executor,
                                               std::size_t max_lookups) {
    return make_threaded_resolver(std::move(executor), ask_system, max_lookups);
}

} // namespace trafikito::net::link
