#pragma once
// Why a request came to nothing, in words for the user and with what a retry needs to know.
// Everything in net/ that speaks to the network returns it; it never holds a key, a call token, or
// a bare number of OpenSSL.

#include <boost/system/result.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>

namespace trafikito::net::link {

/// Where a request stopped, in the order in which the steps happen.
enum class step { address, resolve, connect, proxy, handshake, send, wait, receive, answer };

/// `handshake`
std::string_view name_of(step value);

struct failure {
    step at = step::answer;
    std::string peer; ///< `host:port`; empty where no peer is known
    std::string what; ///< what happened: `cannot verify the certificate: it expired on 2026-11-01`
    std::string hint; ///< what to do about it, when we know
    unsigned status = 0; ///< HTTP status, when an answer came
    bool retryable =
        false; ///< the same request may succeed later (doc/design.md, "What happens when")
    /// Somebody else answered in the API's place: a firewall, a proxy, a captive portal. What it
    /// says of keys and reports means nothing; the next cycle may reach the API.
    bool foreign = false;
    bool of_api = false;    ///< the API says so itself: an error object of its own form
    bool uncertain = false; ///< the peer had the whole request: it may have acted upon it
    bool unsent = false;    ///< no byte of the request went out, on any connection
    std::chrono::seconds retry_after{0}; ///< the peer's Retry-After; 0 when it sent none

    /// One line: `handshake with api.example:443: WHAT; HINT`
    [[nodiscard]] std::string message() const;
};

/// True for 408, 429 and 5xx (doc/design.md, "What happens when").
bool is_retryable_status(unsigned status);

/// Thrown by `result::value()` where a failure was not expected.
class request_failed : public std::runtime_error {
public:
    explicit request_failed(failure why);
    [[nodiscard]] failure const& why() const { return why_; }

private:
    failure why_;
};

[[noreturn]] void throw_exception_from_error(failure const& why,
                                             boost::source_location const& where);

template <class T>
using result = boost::system::result<T, failure>;

} // namespace trafikito::net::link
