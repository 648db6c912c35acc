#include "test/server/api/api_fixture.hpp"

#include "net/api/api_error.hpp"
#include "net/api/multipart.hpp"
#include "test/net/run_here.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace trafikito::test {

namespace {

server::api::service_settings settings() {
    server::api::service_settings result;
    result.user_key = server::security::sha256("user-key");
    return result;
}

} // namespace

api_fixture::api_fixture()
    : kept(directory.path() / "trafikito.db", server::store::access::read_write,
           [this] { return now; }),
      served(directory.path() / "trafikito.db", server::store::access::read_write,
             [this] { return now; }),
      log([this](std::string_view line) { said.emplace_back(line); }, base::severity::debug,
          base::log::format::text),
      thread(context.get_executor(), served),
      api(context.get_executor(), thread, [this] { return now; }, settings(), log) {
    BOOST_REQUIRE(kept.add_server("srv-1", "host1", server::security::sha256("key-1")));
}

server::http::response api_fixture::post(std::string target, std::string body,
                                         server::http::header_fields headers) {
    return answer({"POST", std::move(target), std::move(headers), std::move(body), "127.0.0.1:4242",
                   "127.0.0.1"});
}

server::http::response api_fixture::answer(server::http::request from) {
    auto const answered = run_here(context, api.answer(std::move(from)));
    drain();
    return answered;
}

void api_fixture::drain() {
    run_here(context, thread.run(0, [](auto&) { return true; }));
    context.restart();
    context.poll();
}

server::http::response
api_fixture::post_multipart(std::string target,
                            std::vector<std::pair<std::string, std::string>> const& fields,
                            server::http::header_fields headers) {
    std::string body;
    for (auto const& [name, value] : fields) {
        body += name == "output" ? net::api::open_file("b0undary", name, "trafikito.tmp",
                                                       "application/octet-stream")
                                 : net::api::open_field("b0undary", name);
        body += value + "\r\n";
    }
    body += net::api::close_multipart("b0undary");
    headers.emplace_back("Content-Type", net::api::multipart_content_type("b0undary"));
    return post(std::move(target), std::move(body), std::move(headers));
}

bool api_fixture::logged(std::string_view text) const {
    return std::any_of(said.begin(), said.end(),
                       [&](std::string const& line) { return line.find(text) != line.npos; });
}

server::store::server_row api_fixture::server() {
    return kept.find_server("srv-1").value();
}

std::vector<server::store::output_row> api_fixture::last_outputs() {
    auto const reports = kept.last_reports("srv-1", 1);
    BOOST_REQUIRE_EQUAL(reports.size(), 1U);
    return kept.outputs(reports.front());
}

void api_fixture::offer(std::string_view available) {
    kept.set_available("srv-1", available);
}

std::string error_of(server::http::response const& answer) {
    auto const error = net::api::parse_api_error(answer.body);
    return error ? error->code + " " + error->message : "no error: " + answer.body;
}

} // namespace trafikito::test
