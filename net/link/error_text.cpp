#include "net/link/error_text.hpp"

#include "net/link/exchange_error.hpp"
#include "net/link/openssl_words.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/beast/http/error.hpp>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace trafikito::net::link {

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::string_view too_old =
    "the peer speaks only versions of TLS before 1.2, which are not safe";
constexpr std::string_view turn_on = "its operator must turn on TLS 1.2 or later";

/// The peer's alert (RFC 8446, 6).
explanation explain_alert(int alert) {
    std::string const name = ::SSL_alert_desc_string_long(alert);
    switch (alert) {
    case SSL_AD_PROTOCOL_VERSION:
        return {std::string(too_old), std::string(turn_on)};
    case TLS13_AD_CERTIFICATE_REQUIRED:
        return {"the peer demands a client certificate", "set client_cert and client_key"};
    case SSL_AD_HANDSHAKE_FAILURE:
        return {"the peer refused the handshake (TLS alert \"" + name + "\")",
                "it may want a client certificate (client_cert, client_key) or speak no cipher "
                "that is safe"};
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
        return {"the peer does not accept the client certificate (TLS alert \"" + name + "\")",
                "is client_cert the one that it knows, and still valid?"};
    case SSL_AD_UNRECOGNIZED_NAME:
        return {"the peer does not serve that name (TLS alert \"" + name + "\")",
                "check the address in the configuration"};
    default:
        return {"the peer refused with the TLS alert \"" + name + '"', {}};
    }
}

explanation explain_tls(boost::system::error_code error) {
    auto const code = static_cast<unsigned long>(error.value());
    int const reason = ERR_GET_REASON(code);
    if (is_tls_alert(error)) {
        return explain_alert(reason - SSL_AD_REASON_OFFSET);
    }
    if (ERR_GET_LIB(code) == ERR_LIB_SSL) {
        switch (reason) {
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_HTTP_REQUEST:
        case SSL_R_PACKET_LENGTH_TOO_LONG:
        case SSL_R_BAD_RECORD_TYPE:
        case SSL_R_UNEXPECTED_MESSAGE:
        case SSL_R_RECORD_LENGTH_MISMATCH:
            return {"what answers there does not speak TLS", "is the port right?"};
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_WRONG_SSL_VERSION:
            return {std::string(too_old), std::string(turn_on)};
        case SSL_R_DH_KEY_TOO_SMALL:
        case SSL_R_EE_KEY_TOO_SMALL:
        case SSL_R_CA_KEY_TOO_SMALL:
        case SSL_R_CA_MD_TOO_WEAK:
            return {"the peer's key or signature is too weak to be safe",
                    "its operator must replace the certificate or its parameters"};
        case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC:
        case SSL_R_BAD_SIGNATURE:
        case SSL_R_DIGEST_CHECK_FAILED:
            return {"what the peer sent was damaged or forged on its way",
                    "does something on the way look into TLS?"};
        default:
            break;
        }
    }
    return {"TLS failed: OpenSSL calls it " + openssl_words_for(code), {}};
}

bool is_http(boost::system::error_code error) {
    return error.category() == http::make_error_code(http::error::end_of_stream).category();
}

std::string_view broken_part(http::error error) {
    switch (error) {
    case http::error::bad_content_length:
    case http::error::multiple_content_length:
        return "its Content-Length is no number, or two that differ";
    case http::error::bad_transfer_encoding:
        return "its Transfer-Encoding cannot be";
    case http::error::bad_chunk:
    case http::error::bad_chunk_extension:
        return "the chunks of its body are garbled";
    case http::error::bad_field:
    case http::error::bad_value:
    case http::error::bad_obs_fold:
        return "its header is garbled";
    default:
        return {};
    }
}

explanation explain_http(boost::system::error_code error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        return {"the header of the answer is larger than 16 KiB", {}};
    }
    if (error == http::error::body_limit) {
        return {"the answer is larger than is accepted here", {}};
    }
    if (auto const part = broken_part(static_cast<http::error>(error.value())); !part.empty()) {
        return {"the answer is broken: " + std::string(part),
                "does a proxy or firewall on the way garble it?"};
    }
    return {"the answer is not HTTP", "is the address right?"};
}

/// What a lost connection cut short.
std::string_view cut_short(step at) {
    switch (at) {
    case step::proxy:
        return " without an answer";
    case step::handshake:
        return " in the middle of the handshake";
    case step::send:
        return " before it had the whole request";
    case step::wait:
        return " without an answer";
    case step::receive:
        return " before the answer was complete";
    default:
        return {};
    }
}

} // namespace

bool is_hang_up(boost::system::error_code error) {
    return error == asio::error::eof || error == asio::ssl::error::stream_truncated ||
           error == asio::error::connection_reset || error == asio::error::broken_pipe ||
           error == asio::error::connection_aborted || error == asio::error::timed_out ||
           error == http::error::end_of_stream || error == http::error::partial_message ||
           (error.category() == asio::error::get_ssl_category() &&
            ERR_GET_LIB(static_cast<unsigned long>(error.value())) == ERR_LIB_SSL &&
            ERR_GET_REASON(static_cast<unsigned long>(error.value())) ==
                SSL_R_UNEXPECTED_EOF_WHILE_READING);
}

/// OpenSSL gives an alert that the peer sent the reason 1000 + its number.
bool is_tls_alert(boost::system::error_code error) {
    auto const code = static_cast<unsigned long>(error.value());
    return error.category() == asio::error::get_ssl_category() &&
           ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) > SSL_AD_REASON_OFFSET;
}

explanation explain(boost::system::error_code error) {
    if (error == asio::error::connection_reset || error == asio::error::broken_pipe ||
        error == asio::error::connection_aborted) {
        return {"the peer reset the connection", {}};
    }
    if (error == asio::error::timed_out) {
        return {"the network stopped delivering", "does a firewall stand in between?"};
    }
    if (is_hang_up(error)) {
        return {"the peer closed the connection", {}};
    }
    if (error == asio::error::connection_refused) {
        return {"the connection was refused",
                "does anything listen there, or does a firewall reject it?"};
    }
    // A firewall that rejects says so by ICMP, by whichever of these its rule names.
    if (error == asio::error::host_unreachable) {
        return {"that machine cannot be reached (" + error.message() + ")",
                "is it up, or does a firewall, of this machine or on the way, reject that?"};
    }
    if (error == asio::error::network_unreachable) {
        return {"there is no way to that network",
                "is this machine's network up, or does a firewall on the way reject that?"};
    }
    if (error == boost::system::errc::operation_not_permitted ||
        error == boost::system::errc::permission_denied) {
        return {"this machine may not connect there (" + error.message() + ")",
                "a firewall, of this machine or on the way, forbids it"};
    }
    if (error.category() == asio::error::get_ssl_category()) {
        return explain_tls(error);
    }
    if (is_http(error)) {
        return explain_http(error);
    }
    return {error.message(), {}};
}

failure failed_at(progress const& progress, std::string const& peer,
                  boost::system::error_code error) {
    auto words = explain(error);
    failure why;
    why.at = progress.at;
    why.peer = peer;
    why.what = std::move(words.what);
    why.hint = std::move(words.hint);
    why.retryable = true;
    why.uncertain = progress.sent_whole;
    if (is_hang_up(error) && error != asio::error::timed_out) {
        why.what += cut_short(progress.at);
    } else if (progress.at == step::wait && is_tls_alert(error)) {
        why.at = step::handshake; // with TLS 1.3 a peer judges our certificate after its part
        why.uncertain = false;
    } else if (is_http(error) || error == exchange_error::too_many_fields ||
               error == exchange_error::content_got_shorter) {
        why.retryable = false; // it would be no better the next time
    }
    return why;
}

failure on_the_way(progress const& progress, std::string const& peer, failure why) {
    if (!progress.proxy.empty()) {
        auto hint = std::move(why.hint);
        why.hint.clear();
        why.what = why.at == step::proxy ? std::move(why.what) : why.message();
        why.hint = std::move(hint);
        why.at = step::proxy;
        why.peer = peer;
        why.status = 0;
    }
    return why;
}

} // namespace trafikito::net::link
