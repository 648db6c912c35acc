#pragma once
// The service manager's end of NOTIFY_SOCKET.

#include <string>

namespace trafikito::test {

class notify_socket {
public:
    /// Binds `name`, at most 100 characters: a path, or `@` and an abstract name.
    explicit notify_socket(std::string const& name);
    ~notify_socket();
    notify_socket(notify_socket const&) = delete;
    notify_socket& operator=(notify_socket const&) = delete;

    /// The next message that has come; empty when there is none now.
    [[nodiscard]] std::string message() const;

private:
    int socket_;
};

} // namespace trafikito::test
