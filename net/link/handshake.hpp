#pragma once
// The TLS handshake with a peer that must prove who it is, over any stream. A template, so that a
// test can fail its n-th operation; private to net/. It knows no time: its caller bounds it.

#include "net/link/endpoint.hpp"
#include "net/link/error_text.hpp"
#include "net/link/pin.hpp"
#include "net/link/progress.hpp"
#include "net/link/tls.hpp"
#include "net/link/tls_sessions.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/ssl/verify_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>
#include <string>
#include <vector>

namespace trafikito::net::link {

/// What is demanded of a peer, and remembered of it. All of it must outlive the connections.
struct tls_side {
    tls_side(boost::asio::ssl::context with, std::vector<std::string> pinned, link::trust in)
        : context(std::move(with)), pins(std::move(pinned)), trusts(in),
          sessions(context.native_handle()) {}

    boost::asio::ssl::context context;
    std::vector<std::string> pins; ///< `sha256/…`; empty: any key that is trusted
    link::trust trusts;
    tls_sessions sessions;
};

/// Judges every certificate of the chain; keeps in words why one will not do.
class certificate_judge {
public:
    certificate_judge(tls_side const& side, std::string const& host) : side_(side), host_(host) {}

    bool operator()(bool fine, X509_STORE_CTX* verification) {
        if (!fine) {
            if (!refused) {
                refused = explain_certificate(verification, host_, side_.trusts);
            }
            return false;
        }
        // The peer's own certificate comes last: then the chain is verified up to the root.
        bool const last = ::X509_STORE_CTX_get_error_depth(verification) == 0;
        auto const* const chain = ::X509_STORE_CTX_get0_chain(verification);
        if (last && !side_.pins.empty() && !has_pin(chain, side_.pins)) {
            ::X509_STORE_CTX_set_error(verification, X509_V_ERR_APPLICATION_VERIFICATION);
            refused = explain_pin(verification);
            return false;
        }
        return true;
    }

    std::optional<explanation> refused;

private:
    tls_side const& side_;
    std::string const& host_;
};

/// Nothing when the peer is `to` beyond doubt; afterwards `stream` may carry a request.
template <class Lower>
boost::asio::awaitable<std::optional<failure>> shake_hands(boost::asio::ssl::stream<Lower>& stream,
                                                           tls_side& side, endpoint const& to,
                                                           progress& progress) {
    namespace asio = boost::asio;
    using verification = asio::ssl::verify_context;
    progress.enter(step::handshake);
    auto* const tls = stream.native_handle();
    if (!expect_peer(tls, to.host)) {
        auto why = failed_at(progress, to.peer(), {});
        why.what = "no certificate can hold for that name";
        why.retryable = false;
        co_return why;
    }
    side.sessions.offer(tls, to.origin());
    certificate_judge judge(side, to.host);
    stream.set_verify_callback(
        [&judge](bool fine, verification& at) { return judge(fine, at.native_handle()); });
    auto const done = co_await stream.async_handshake(asio::ssl::stream_base::client,
                                                      asio::as_tuple(asio::use_awaitable));
    auto const& [error] = done;
    // From now on the callback must not touch what lives in this frame.
    stream.set_verify_callback([](bool fine, verification&) { return fine; });
    if (!error) {
        co_return std::nullopt;
    }
    side.sessions.forget(to.origin());
    auto why = failed_at(progress, to.peer(), error);
    if (judge.refused) {
        why.what = std::move(judge.refused->what);
        why.hint = std::move(judge.refused->hint);
    } else if (tls_sessions::wanted_certificate(tls)) {
        why.hint = "it asked for a client certificate: set client_cert and client_key";
    }
    co_return why;
}

} // namespace trafikito::net::link
