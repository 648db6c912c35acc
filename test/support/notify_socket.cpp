#include "test/support/notify_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>

namespace trafikito::test {

notify_socket::notify_socket(std::string const& name)
    : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto const size = name.copy(address.sun_path, sizeof address.sun_path - 1);
    if (name.starts_with('@')) {
        address.sun_path[0] = '\0';
    }
    auto const length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
    if (::bind(socket_, reinterpret_cast<sockaddr const*>(&address), length) != 0) {
        throw std::system_error(errno, std::generic_category(), name);
    }
}

notify_socket::~notify_socket() {
    ::close(socket_);
}

std::string notify_socket::message() const {
    std::array<char, 4096> buffer{};
    auto const got = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return got < 0 ? "" : std::string(buffer.data(), static_cast<std::size_t>(got));
}

} // namespace trafikito::test
