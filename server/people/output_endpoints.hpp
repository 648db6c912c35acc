#pragma once
// /api/v1/machines/{}/reports and /outputs: what a machine sent, at any time. Outputs are bytes of
// a stranger: they go out as JSON strings, or as a file that a browser only stores.

#include "server/people/means.hpp"
#include "server/people/router.hpp"

namespace trafikito::server::people {

class output_endpoints {
public:
    explicit output_endpoints(means with) : with_(std::move(with)) {}

    void add_to(router& routes);

private:
    answering reports(call_ptr what);
    answering outputs(call_ptr what);
    answering output(call_ptr what);

    means with_;
};

} // namespace trafikito::server::people
