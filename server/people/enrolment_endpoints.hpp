#pragma once
// /api/v1/enrolments: the line that makes a new machine report here, and what has become of it.
// Administrators' alone. The same tokens as of `trafikito-server enroll-command`.

#include "server/people/means.hpp"
#include "server/people/router.hpp"
#include "server/people/surroundings.hpp"

#include <chrono>
#include <cstddef>

namespace trafikito::server::people {

class enrolment_endpoints {
public:
    static constexpr std::chrono::hours life{24};
    static constexpr std::size_t max_open = 256; ///< tokens that are valid at a time
    static constexpr std::size_t max_name = 200; ///< bytes, of a machine

    enrolment_endpoints(means with, surroundings_ptr around)
        : with_(std::move(with)), around_(std::move(around)) {}

    void add_to(router& routes);

private:
    answering make(call_ptr what);
    answering look(call_ptr what);
    answering end(call_ptr what);

    means with_;
    surroundings_ptr around_;
};

} // namespace trafikito::server::people
