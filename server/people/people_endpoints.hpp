#pragma once
// /api/v1/people and /api/v1/tokens: who may look, and which programs may ask. Administrators'
// alone.

#include "server/people/means.hpp"
#include "server/people/router.hpp"
#include "server/people/surroundings.hpp"

#include <string>

namespace trafikito::server::people {

class people_endpoints {
public:
    people_endpoints(means with, surroundings_ptr around)
        : with_(std::move(with)), around_(std::move(around)) {}

    void add_to(router& routes);

private:
    answering all(call_ptr what);
    answering add(call_ptr what);
    answering make_link(call_ptr what);
    answering remove(call_ptr what);
    // token_endpoints.cpp
    answering tokens(call_ptr what);
    answering make_token(call_ptr what);
    answering revoke_token(call_ptr what);

    means with_;
    surroundings_ptr around_;
};

} // namespace trafikito::server::people
