#include "server/people/gatekeeper.hpp"

#include "server/people/answers.hpp"

namespace trafikito::server::people {

boost::asio::awaitable<caller> gatekeeper::look(request_ptr /*from*/) {
    co_return caller{};
}

boost::asio::awaitable<bool> gatekeeper::still_valid(caller /*who*/) {
    co_return false;
}

void gatekeeper::require_own_page(http::request const& from) {
    if (http::find_header(from, "X-Trafikito-Request") != "1") {
        throw failure(forbidden, "This was not sent by the page.");
    }
}

} // namespace trafikito::server::people
