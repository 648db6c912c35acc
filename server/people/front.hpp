#pragma once
// What people and programs ask, in front of what agents ask: the page, /api/v1, /metrics. The
// listener asks it for every request; what is not for it goes on to the application behind. It
// decides who may have what, and turns failures into answers; what is answered is the endpoints'.

#include "server/http/application.hpp"
#include "server/people/gatekeeper.hpp"
#include "server/people/means.hpp"
#include "server/people/router.hpp"

#include <memory>

namespace trafikito::server::people {

class failure;

class front : public http::application {
public:
    /// `agents` answers all that this does not; it outlives this.
    front(means with, http::application& agents);

    /// The endpoints put themselves in before anything is served.
    router& routes() { return routes_; }
    gatekeeper& gate() { return gate_; }

    http::expectation expect(http::request const& head, std::string_view sender) override;
    void turned_away(http::turned_away const& what) override { agents_.turned_away(what); }
    answering answer(http::request from) override;

private:
    using request_ptr = std::shared_ptr<http::request const>;

    answering route(request_ptr from);
    answering ask(endpoint const* what, std::vector<std::string> parts, request_ptr from);
    [[nodiscard]] bool is_ours(http::request const& from) const;

    means with_;
    http::application& agents_;
    router routes_;
    gatekeeper gate_;
};

} // namespace trafikito::server::people
