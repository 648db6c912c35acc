#include "test/server/database/cutting_proxy.hpp"

#include <array>
#include <cstring>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace trafikito::test {

namespace {

constexpr char const* socket_name = ".s.PGSQL.5432";

sockaddr_un address_of(std::string const& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        throw std::runtime_error("too long for a socket: " + path);
    }
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

base::descriptor new_socket() {
    return base::descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

bool write_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const count = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

} // namespace

cutting_proxy::cutting_proxy(std::filesystem::path const& server)
    : server_(server / socket_name), listening_(new_socket()),
      stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    auto const address = address_of(directory() / socket_name);
    if (::bind(listening_.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address) !=
            0 ||
        ::listen(listening_.get(), 8) != 0) {
        throw std::runtime_error("cannot listen");
    }
    thread_ = std::thread([this] { serve(); });
}

cutting_proxy::~cutting_proxy() {
    std::uint64_t const one = 1;
    (void)!::write(stop_.get(), &one, sizeof one);
    thread_.join();
}

void cutting_proxy::serve() {
    for (;;) {
        std::array<pollfd, 2> files{{{listening_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
        ::poll(files.data(), files.size(), -1);
        if (files[1].revents != 0) {
            return;
        }
        base::descriptor const client(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        auto const server = new_socket();
        auto const address = address_of(server_);
        if (::connect(server.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address) ==
            0) {
            pass(client.get(), server.get());
        }
    }
}

void cutting_proxy::pass(int client, int server) {
    std::array<char, 65536> buffer{};
    std::string unheard; // of the server, since the COMMIT
    bool deaf = false;
    for (;;) {
        std::array<pollfd, 3> files{
            {{client, POLLIN, 0}, {server, POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
        ::poll(files.data(), files.size(), -1);
        if (files[2].revents != 0) {
            return;
        }
        for (std::size_t at = 0; at < 2; ++at) {
            if (files.at(at).revents == 0) {
                continue;
            }
            auto const count = ::recv(files.at(at).fd, buffer.data(), buffer.size(), 0);
            if (count <= 0) {
                return;
            }
            std::string_view const bytes(buffer.data(), static_cast<std::size_t>(count));
            bool const from_client = at == 0;
            if (from_client && bytes.find("COMMIT") != std::string_view::npos) {
                auto const when = when_.exchange(cut::never);
                if (when == cut::before_commit) {
                    return;
                }
                deaf = deaf || when == cut::before_its_answer;
            }
            if (!from_client && deaf) {
                if (unheard.append(bytes).find("COMMIT") != std::string::npos) {
                    return;
                }
            } else if (!write_all(from_client ? server : client, bytes)) {
                return;
            }
        }
    }
}

} // namespace trafikito::test
