#include "test/server/http/tls_client.hpp"

#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <array>
#include <cstdlib>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace trafikito::test {

namespace {

int connect_to(unsigned short port) {
    int const made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::timeval const limit{10, 0};
    ::setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    ::sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(made, reinterpret_cast<::sockaddr const*>(&where), sizeof where) != 0) {
        ::close(made);
        return -1;
    }
    return made;
}

} // namespace

tls_client::tls_client(unsigned short port, std::filesystem::path const& authority,
                       std::string const& name, int max_version)
    : socket_(connect_to(port)), context_(SSL_CTX_new(TLS_client_method())),
      session_((SSL_CTX_load_verify_locations(context_.get(), authority.c_str(), nullptr),
                SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr),
                SSL_new(context_.get()))) {
    if (socket_ < 0) {
        return;
    }
    auto* const parameters = SSL_get0_param(session_.get());
    if (X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) != 1) {
        SSL_set1_host(session_.get(), name.c_str());
        SSL_set_tlsext_host_name(session_.get(), name.c_str());
    }
    SSL_set_security_level(session_.get(), 0); // so that a test can offer what is too old
    SSL_set_max_proto_version(session_.get(), max_version);
    SSL_set_fd(session_.get(), socket_);
    connected_ = SSL_connect(session_.get()) == 1;
}

tls_client::~tls_client() {
    if (connected_) {
        SSL_shutdown(session_.get());
    }
    if (socket_ >= 0) {
        ::close(socket_);
    }
}

bool tls_client::send(std::string_view bytes) {
    return SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size())) ==
           static_cast<int>(bytes.size());
}

bool tls_client::read_more() {
    std::array<char, 4096> bytes{};
    int const size = SSL_read(session_.get(), bytes.data(), static_cast<int>(bytes.size()));
    received_.append(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return size > 0;
}

std::string tls_client::receive_bytes(std::size_t size) {
    while (received_.size() < size && read_more()) {
    }
    auto bytes = received_.substr(0, size);
    received_.erase(0, bytes.size());
    return bytes;
}

std::string tls_client::receive_until(std::string_view text) {
    while (received_.find(text) == received_.npos) {
        if (!read_more()) {
            return {};
        }
    }
    auto const end = received_.find(text) + text.size();
    auto result = received_.substr(0, end);
    received_.erase(0, end);
    return result;
}

std::string tls_client::receive() {
    auto head = receive_until("\r\n\r\n");
    auto const length = head.find("Content-Length: ");
    auto const size =
        length == head.npos ? 0 : std::strtoul(head.c_str() + length + 16, nullptr, 10);
    while (received_.size() < size) {
        if (!read_more()) {
            return {};
        }
    }
    head += received_.substr(0, size);
    received_.erase(0, size);
    return head;
}

} // namespace trafikito::test
