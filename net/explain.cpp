#include "net/explain.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/error.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace trafikito::net {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

/// OpenSSL gives an alert that the peer sent the reason 1000 + its number (SSL_AD_REASON_OFFSET).
explanation explain_alert(int alert) {
    std::string const what =
        std::string("the peer sent the TLS alert \"") + ::SSL_alert_desc_string_long(alert) + '"';
    if (alert == SSL_AD_PROTOCOL_VERSION) {
        return {what, "it may speak only versions of TLS before 1.2, which are not safe"};
    }
    return {what, {}};
}

explanation explain_tls(boost::system::error_code error) {
    auto const code = static_cast<unsigned long>(error.value());
    int const reason = ERR_GET_REASON(code);
    if (ERR_GET_LIB(code) == ERR_LIB_SSL) {
        switch (reason) {
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_HTTP_REQUEST:
        case SSL_R_PACKET_LENGTH_TOO_LONG:
        case SSL_R_BAD_RECORD_TYPE:
            return {"what answers there does not speak TLS", "is the port right?"};
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
            return {"the peer speaks only versions of TLS before 1.2, which are not safe",
                    "its operator must turn on TLS 1.2 or later"};
        case SSL_R_UNEXPECTED_EOF_WHILE_READING:
            return {"the peer closed the connection", {}};
        default:
            break;
        }
        if (reason > SSL_AD_REASON_OFFSET) {
            return explain_alert(reason - SSL_AD_REASON_OFFSET);
        }
    }
    auto const* const words = ::ERR_reason_error_string(code);
    return {words != nullptr ? std::string("TLS: ") + words : "TLS failed for an unknown reason",
            {}};
}

explanation explain_http(boost::system::error_code error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        return {"the header of the answer is larger than 16 KiB", {}};
    }
    if (error == http::error::body_limit) {
        return {"the answer is larger than is accepted here", {}};
    }
    if (error == http::error::end_of_stream || error == http::error::partial_message) {
        return {"the peer closed the connection before the answer was complete", {}};
    }
    return {"the answer is not HTTP (" + error.message() + ")", "is the address right?"};
}

} // namespace

explanation explain(boost::system::error_code error) {
    if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) {
        return {"the peer closed the connection", {}};
    }
    if (error == asio::error::connection_reset || error == asio::error::broken_pipe) {
        return {"the peer broke the connection off", {}};
    }
    if (error == asio::error::connection_refused) {
        return {"the connection was refused", "does anything listen there?"};
    }
    if (error == asio::error::network_unreachable || error == asio::error::host_unreachable) {
        return {"there is no way to that network", "is this machine's network up?"};
    }
    if (error.category() == asio::error::get_ssl_category()) {
        return explain_tls(error);
    }
    if (error.category() == http::make_error_code(http::error::end_of_stream).category()) {
        return explain_http(error);
    }
    return {error.message(), {}};
}

} // namespace trafikito::net
