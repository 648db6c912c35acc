#include "server/people/page_endpoints.hpp"

#include "server/page/page.hpp"

#include <string>

namespace trafikito::server::people {

namespace {

constexpr std::string_view for_a_year = "public, max-age=31536000, immutable";
constexpr std::string_view ask_again = "no-cache";

bool takes_gzip(http::request const& from) {
    auto const accepted = http::find_header(from, "Accept-Encoding");
    auto const at = accepted.find("gzip");
    return at != std::string_view::npos && !accepted.substr(at + 4).starts_with(";q=0");
}

answering serve(page::file const* file, call_ptr what) {
    http::response answer;
    answer.headers.emplace_back("ETag", std::string(file->etag));
    answer.headers.emplace_back("Vary", "Accept-Encoding");
    answer.headers.emplace_back("Cache-Control",
                                std::string(file->changes ? ask_again : for_a_year));
    if (http::find_header(*what->from, "If-None-Match").find(file->etag) !=
        std::string_view::npos) {
        answer.status = 304;
        co_return answer;
    }
    answer.content_type = file->content_type;
    bool const compressed = takes_gzip(*what->from);
    if (compressed) {
        answer.headers.emplace_back("Content-Encoding", "gzip");
    }
    answer.body = compressed ? file->gzip : file->bytes;
    co_return answer;
}

answering say_that_there_is_none(call_ptr /*what*/) {
    http::response answer;
    answer.body =
        "This trafikito-server was built without its page (cmake -DTRAFIKITO_PAGE=ON "
        "with Node.js 18 or later builds it). Programs find what it knows under /api/v1.\n";
    co_return answer;
}

} // namespace

void add_page(router& to) {
    auto const files = page::files();
    for (auto const& each : files) {
        to.add({"GET", std::string(each.path), access::anybody,
                [file = &each](call_ptr what) { return serve(file, std::move(what)); }});
    }
    if (files.empty()) {
        to.add({"GET", "/", access::anybody, say_that_there_is_none});
    }
}

} // namespace trafikito::server::people
