#include "server/store/report_keys.hpp"

#include "server/security/secrets.hpp"

namespace trafikito::server::store {

namespace {

constexpr std::size_t of_server = 4;
constexpr std::size_t of_report = 12;

std::string key_of(std::string_view server_id, std::string_view kind, std::string_view word) {
    auto const server = security::sha256(server_id);
    auto const report = security::sha256(std::string(server_id) + '\n' + std::string(kind) + '\n' +
                                         std::string(word));
    std::string key(reinterpret_cast<char const*>(server.data()), of_server);
    return key.append(reinterpret_cast<char const*>(report.data()), of_report);
}

} // namespace

std::string key_of_id(std::string_view server_id, std::string_view report_id) {
    return key_of(server_id, "id", report_id);
}

std::string key_of_token(std::string_view server_id, std::string_view token) {
    return key_of(server_id, "token", token);
}

} // namespace trafikito::server::store
