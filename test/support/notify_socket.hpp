#pragma once
// The service manager's end of NOTIFY_SOCKET.

#include <filesystem>
#include <string>

namespace trafikito::test {

class notify_socket {
public:
    /// Binds `path`, at most 100 characters.
    explicit notify_socket(std::filesystem::path const& path);
    ~notify_socket();
    notify_socket(notify_socket const&) = delete;
    notify_socket& operator=(notify_socket const&) = delete;

    /// The next message that has come; empty when there is none now.
    [[nodiscard]] std::string message() const;

private:
    int socket_;
};

} // namespace trafikito::test
