#include "server/people/service.hpp"

#include "server/people/page_endpoints.hpp"

namespace trafikito::server::people {

service::service(means const& with, http::application& agents)
    : front_(with, agents), watch_(with, front_.gate(), board_), machines_(with, watch_),
      outputs_(with) {
    auto& routes = front_.routes();
    add_page(routes);
    watch_.add_to(routes);
    machines_.add_to(routes);
    outputs_.add_to(routes);
}

} // namespace trafikito::server::people
