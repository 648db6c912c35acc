#pragma once
// An API over a store in a directory of its own, with a clock that stands until a test moves it,
// one server (srv-1 with key key-1, as in the captures) and the user key user-key.

#include "server/api/service.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/asio/io_context.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trafikito::test {

struct api_fixture {
    api_fixture();

    server::http::response post(std::string target, std::string body,
                                server::http::header_fields headers = {});
    server::http::response
    post_multipart(std::string target,
                   std::vector<std::pair<std::string, std::string>> const& fields,
                   server::http::header_fields headers = {});
    /// Whether a text stands in one of the lines logged so far.
    bool logged(std::string_view text) const;
    server::store::server_row server();
    std::vector<server::store::output_row> last_outputs();
    void offer(std::string_view available);

    server::http::response answer(server::http::request from);
    /// Waits for what goes on behind an answer.
    void drain();

    temporary_directory directory;
    base::wall_time now{std::chrono::seconds(1'800'000'000)};
    server::store::store kept;     ///< as another process has it
    server::store::store served;   ///< of the thread alone
    std::vector<std::string> said; ///< lines of the log
    base::log log;
    boost::asio::io_context context{1};
    server::store::store_thread thread;
    server::api::service api;
};

/// The error's code and message, or `no error: BODY`.
std::string error_of(server::http::response const& answer);

} // namespace trafikito::test
