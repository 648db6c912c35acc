#pragma once
// The two implementations of net::api. make_api() chooses between them; private to net/.

#include "net/api/client.hpp"
#include "net/link/endpoint.hpp"

#include <memory>
#include <random>
#include <vector>

namespace trafikito::net::api {

std::unique_ptr<client> make_api_v1(client_settings settings, link::endpoint get_config,
                                    link::endpoint output, http::client& transport,
                                    link::now_function now);

std::unique_ptr<client> make_api_v2(client_settings settings, std::vector<link::endpoint> bases,
                                    http::client& transport, std::mt19937 engine, http::trace log,
                                    link::now_function now);

} // namespace trafikito::net::api
