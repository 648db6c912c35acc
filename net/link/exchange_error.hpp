#pragma once
// What can go wrong in an exchange of HTTP that neither the system, OpenSSL nor Beast has an error
// for. exchange, tunnel and body report it; private to net/.

#include <boost/system/error_code.hpp>

#include <type_traits>

namespace trafikito::net::link {

enum class exchange_error {
    too_many_fields = 1,
    too_many_interim_answers,
    bytes_after_tunnel, ///< a proxy sent more than its answer to CONNECT
    content_got_shorter ///< a file shrank while it was sent
};

boost::system::error_category const& exchange_category();

inline boost::system::error_code make_error_code(exchange_error error) {
    return {static_cast<int>(error), exchange_category()};
}

} // namespace trafikito::net::link

template <>
struct boost::system::is_error_code_enum<trafikito::net::link::exchange_error> : std::true_type {};
