#pragma once
// The two implementations of net::api. make_api() chooses between them; private to net/.

#include "net/api/client.hpp"
#include "net/link/endpoint.hpp"

#include <memory>
#include <random>
#include <vector>

namespace trafikito::net {

std::unique_ptr<api> make_api_v1(api_settings settings, endpoint get_config, endpoint output,
                                 http_client& client, now_function now);

std::unique_ptr<api> make_api_v2(api_settings settings, std::vector<endpoint> bases,
                                 http_client& client, std::mt19937 engine, trace log,
                                 now_function now);

} // namespace trafikito::net
