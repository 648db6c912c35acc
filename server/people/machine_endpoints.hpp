#pragma once
// /api/v1/machines: which there are, what they are called, and which commands each is asked to run.

#include "server/people/means.hpp"
#include "server/people/router.hpp"
#include "server/people/watch.hpp"

namespace trafikito::server::people {

class machine_endpoints {
public:
    static constexpr std::size_t max_name = 200; ///< bytes
    static constexpr std::size_t max_tag = 40;   ///< bytes
    static constexpr std::size_t max_tags = 16;
    static constexpr std::size_t max_ordered = 256; ///< commands
    static constexpr std::int64_t max_delay = 3600; ///< seconds

    machine_endpoints(means with, watch& board) : with_(std::move(with)), board_(board) {}

    void add_to(router& routes);

private:
    answering all(call_ptr what);
    answering one(call_ptr what);
    answering change(call_ptr what);
    answering remove(call_ptr what);
    // command_endpoints.cpp
    answering commands(call_ptr what);
    answering set_order(call_ptr what);
    answering feedback(call_ptr what);

    means with_;
    watch& board_;
};

/// Throws failure 404.
store::server_row require_server(store::store& kept, std::string const& id);

} // namespace trafikito::server::people
