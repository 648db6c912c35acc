#include "server/people/openapi.hpp"

namespace trafikito::server::people {

namespace {

answering serve(call_ptr /*what*/) {
    static auto const bytes = std::make_shared<std::string const>(openapi_text());
    http::response answer;
    answer.content_type = "application/json";
    answer.shared_body = bytes;
    co_return answer;
}

} // namespace

void add_openapi(router& to) {
    to.add({"GET", "/api/v1/openapi.json", access::anybody, serve});
}

} // namespace trafikito::server::people
