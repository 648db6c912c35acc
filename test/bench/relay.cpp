#include "test/bench/relay.hpp"

#include "test/bench/tls_records.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <list>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace trafikito::test::bench {

namespace {

using std::chrono::steady_clock;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void no_delay(int descriptor) {
    int const on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void send_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return; // its reader will see the end
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

/// One connection and its other half.
struct pair {
    pair(int agent_end, int server_end, steady_clock::time_point now)
        : agent(agent_end), server(server_end) {
        next.connected = true;
        next.begun = now;
    }
    ~pair() {
        ::close(agent);
        ::close(server);
    }
    pair(pair const&) = delete;
    pair& operator=(pair const&) = delete;

    int agent;
    int server;
    tls_records up;
    tls_records down;
    bool handshake_over = false;
    seen_exchange next;         ///< of which nothing was asked yet
    std::size_t current = none; ///< the one that goes on, in what was seen

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
};

} // namespace

class relay::worker {
public:
    explicit worker(relay& of) : of_(of) {}

    void run() {
        for (;;) {
            std::vector<pollfd> all{{of_.wake_, POLLIN, 0}, {of_.listener_, POLLIN, 0}};
            for (auto const& one : pairs_) {
                all.push_back({one.agent, POLLIN, 0});
                all.push_back({one.server, POLLIN, 0});
            }
            if (::poll(all.data(), all.size(), -1) < 0 && errno != EINTR) {
                return;
            }
            if (all[0].revents != 0) {
                return;
            }
            std::size_t at = 2;
            for (auto one = pairs_.begin(); one != pairs_.end(); at += 2) {
                bool const goes_on = (all[at].revents == 0 || pass_up(*one)) &&
                                     (all[at + 1].revents == 0 || pass_down(*one));
                one = goes_on ? std::next(one) : pairs_.erase(one);
            }
            if (all[1].revents != 0) {
                accept();
            }
        }
    }

private:
    void accept() {
        int const agent = ::accept4(of_.listener_, nullptr, nullptr, SOCK_CLOEXEC);
        auto const now = steady_clock::now();
        int const server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        auto const address = loopback(of_.to_);
        if (agent < 0 ||
            ::connect(server, reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0) {
            ::close(agent);
            ::close(server);
            return;
        }
        no_delay(agent);
        no_delay(server);
        pairs_.emplace_back(agent, server, now);
    }

    bool pass_up(pair& one) {
        auto const got = ::recv(one.agent, buffer_.data(), buffer_.size(), 0);
        if (got <= 0) {
            return false;
        }
        auto const now = steady_clock::now();
        std::string_view const bytes(buffer_.data(), static_cast<std::size_t>(got));
        send_all(one.server, bytes);
        auto records = one.up.take(bytes);
        if (records > 0 && !one.handshake_over) {
            one.handshake_over = true; // the first is `Finished`
            --records;
        }
        std::lock_guard const lock(of_.mutex_);
        bool const answered = one.current != pair::none &&
                              of_.seen_[one.current].answered != steady_clock::time_point{};
        if (records > 0 && (one.current == pair::none || answered)) {
            one.next.asked = now;
            if (!one.next.connected) {
                one.next.begun = now;
            }
            of_.seen_.push_back(std::exchange(one.next, {}));
            one.current = of_.seen_.size() - 1;
        }
        (one.current == pair::none ? one.next : of_.seen_[one.current]).bytes_up += got;
        return true;
    }

    bool pass_down(pair& one) {
        auto const got = ::recv(one.server, buffer_.data(), buffer_.size(), 0);
        if (got <= 0) {
            return false;
        }
        std::string_view const bytes(buffer_.data(), static_cast<std::size_t>(got));
        send_all(one.agent, bytes);
        auto const now = steady_clock::now();
        auto const records = one.down.take(bytes);
        std::lock_guard const lock(of_.mutex_);
        if (one.current == pair::none) {
            one.next.bytes_down += got;
        } else {
            of_.seen_[one.current].bytes_down += got;
            if (records > 0) {
                of_.seen_[one.current].answered = now;
            }
        }
        return true;
    }

    relay& of_;
    std::list<pair> pairs_;
    std::array<char, 65536> buffer_{};
};

relay::relay(std::uint16_t to)
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), wake_(::eventfd(0, EFD_CLOEXEC)),
      to_(to) {
    auto address = loopback(0);
    socklen_t size = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, plain, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, plain, &size) != 0) {
        throw std::runtime_error(std::string("a relay cannot listen: ") + std::strerror(errno));
    }
    port_ = ntohs(address.sin_port);
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before); // signals are the main thread's
    thread_ = std::thread([this] { work(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

relay::~relay() {
    ::eventfd_write(wake_, 1);
    thread_.join();
    ::close(listener_);
    ::close(wake_);
}

void relay::work() {
    worker(*this).run();
}

std::vector<seen_exchange> relay::seen() const {
    std::lock_guard const lock(mutex_);
    auto all = seen_;
    std::erase_if(all, [](auto const& one) { return one.answered == steady_clock::time_point{}; });
    return all;
}

} // namespace trafikito::test::bench
