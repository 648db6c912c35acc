#pragma once
// Finds out who asks: by the cookie of a session, or by `Authorization: Bearer TOKEN`. front.hpp
// asks before anything is answered. What may be asked, the router's table says.

#include "server/people/caller.hpp"
#include "server/people/means.hpp"
#include "server/people/router.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>

namespace trafikito::server::people {

class gatekeeper {
public:
    using request_ptr = std::shared_ptr<http::request const>;

    explicit gatekeeper(means with) : with_(std::move(with)) {}

    /// Nobody, when it is neither, or one that is not good any more. Throws store_error.
    boost::asio::awaitable<caller> look(request_ptr from);

    /// Whether the session or the token is still good. Throws store_error.
    boost::asio::awaitable<bool> still_valid(caller who);

    /// Throws failure 403 when a browser did not send it by the word of our own page: a person's
    /// request that changes something.
    static void require_own_page(http::request const& from);
    /// The same as far as a browser says itself who sends it, for what needs no cookie.
    static void require_own_origin(http::request const& from);

private:
    boost::asio::awaitable<caller> find(caller::kind what, security::digest credential);
    void note_use(caller const& who);

    means with_;
};

} // namespace trafikito::server::people
