#pragma once
// What a listener serves, as the listener sees it: who sends, how much he may send, what he gets.
// The API is one; tests have others. Everything is called in the listener's thread.

#include "server/http/message.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::server::http {

/// What is to be thought of a request of which only the head is here.
struct expectation {
    std::size_t max_body = 64UL * 1024;
    std::string sender;              ///< whose right key the head holds; empty: nobody's
    std::optional<response> refusal; ///< the answer; the body is not read, the connection ends
};

/// Who came and was not served, before the application was asked.
struct turned_away {
    enum class why : std::uint8_t {
        tls,     ///< he does not trust our certificate, and said so
        request, ///< what he sent was refused
        room,    ///< others had all seats, for as long as he waited
    };
    why reason = why::request;
    std::string_view sender;  ///< as in expect()
    std::string_view address; ///< address_group() of it
    std::string_view peer;
    std::string_view words; ///< ours or OpenSSL's, made harmless
};

class application {
public:
    application() = default;
    virtual ~application() = default;
    application(application const&) = delete;
    application& operator=(application const&) = delete;

    /// `sender`: as whom the connection is known by an earlier request; empty: nobody. Must not
    /// wait.
    virtual expectation expect(request const& head, std::string_view sender) = 0;

    /// For whoever keeps account. Must not wait.
    virtual void turned_away(http::turned_away const& /*what*/) {}

    /// Takes its time without holding up the thread. What it throws is answered with 500.
    virtual boost::asio::awaitable<response> answer(request from) = 0;
};

} // namespace trafikito::server::http
