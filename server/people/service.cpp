#include "server/people/service.hpp"

#include "server/people/openapi.hpp"
#include "server/people/page_endpoints.hpp"

namespace trafikito::server::people {

service::service(means const& with, http::application& agents)
    : front_(with, agents), entrance_(with, around_, front_.gate()), people_(with, around_),
      enrolments_(with, around_), watch_(with, front_.gate(), board_), machines_(with, watch_),
      outputs_(with), series_(with), metrics_(with, watch_) {
    auto& routes = front_.routes();
    add_page(routes);
    entrance_.add_to(routes);
    people_.add_to(routes);
    enrolments_.add_to(routes);
    watch_.add_to(routes);
    machines_.add_to(routes);
    outputs_.add_to(routes);
    series_.add_to(routes);
    metrics_.add_to(routes);
    add_openapi(routes);
}

} // namespace trafikito::server::people
