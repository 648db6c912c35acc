#include "base/service_manager.hpp"

#include "base/number.hpp"
#include "base/printable.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace trafikito::base {

namespace {

std::string take_variable(char const* name) {
    char const* const value = std::getenv(name);
    std::string const copy = value != nullptr ? value : "";
    ::unsetenv(name);
    return copy;
}

std::string monotonic_microseconds() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::to_string(now.tv_sec * 1'000'000 + now.tv_nsec / 1000);
}

} // namespace

service_manager::service_manager(std::string socket,
                                 std::optional<std::chrono::microseconds> watchdog)
    : socket_(std::move(socket)), watchdog_(watchdog) {
    if (!socket_.empty()) {
        sender_ = descriptor(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    }
    if (socket_.starts_with('@')) {
        socket_.front() = '\0';
    }
}

service_manager service_manager::from_environment() {
    auto const socket = take_variable("NOTIFY_SOCKET");
    auto const interval = number_in<std::uint64_t>(take_variable("WATCHDOG_USEC"));
    auto const pid = take_variable("WATCHDOG_PID");
    bool const meant = pid.empty() || pid == std::to_string(::getpid());
    std::optional<std::chrono::microseconds> watchdog;
    if (interval && *interval > 0 && *interval < UINT64_C(1) << 50 && meant && !socket.empty()) {
        watchdog = std::chrono::microseconds(*interval);
    }
    return {socket, watchdog};
}

// The protocol's assignments end with their line, and systemctl shows the text as it is.
void service_manager::ready(std::string_view status) const {
    send("READY=1\nSTATUS=" + one_line(status) + "\n");
}

void service_manager::status(std::string_view text) const {
    send("STATUS=" + one_line(text) + "\n");
}

void service_manager::needs_time(std::chrono::seconds more) const {
    send("EXTEND_TIMEOUT_USEC=" +
         std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(more).count()) +
         "\n");
}

void service_manager::reloading() const {
    send("RELOADING=1\nMONOTONIC_USEC=" + monotonic_microseconds() + "\n");
}

void service_manager::stopping() const {
    send("STOPPING=1\nSTATUS=stopping\n");
}

void service_manager::alive() const {
    send("WATCHDOG=1\n");
}

// A message that is lost is lost: the manager's own time-outs deal with that.
void service_manager::send(std::string const& text) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_.empty() || socket_.size() > sizeof address.sun_path) {
        return;
    }
    std::memcpy(address.sun_path, socket_.data(), socket_.size());
    auto const length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket API's own way
    auto const* const to = reinterpret_cast<sockaddr const*>(&address);
    ::sendto(sender_.get(), text.data(), text.size(), MSG_NOSIGNAL, to, length);
}

} // namespace trafikito::base
