#pragma once
// An http_client that keeps what it was asked to send and answers from a list. Tests of the two
// APIs and of the enrolment use it.

#include "net/http/client.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trafikito::test {

struct sent_request {
    net::http::request what;
    std::string content;

    /// The body with `boundary` in place of its own, to compare with a capture.
    [[nodiscard]] std::string content_with(std::string const& boundary) const {
        auto const own = what.content_type.substr(what.content_type.find("boundary=") + 9);
        auto text = content;
        for (auto at = text.find(own); at != std::string::npos; at = text.find(own, at + 1)) {
            text.replace(at, own.size(), boundary);
        }
        return text;
    }
};

class recording_client : public net::http::client {
public:
    std::vector<sent_request> sent;
    std::deque<net::link::result<net::http::response>> answers; ///< one a request, in turn
    std::map<std::string, net::link::result<net::http::response>>
        pings; ///< by host; for `/v2/ping` only

    std::function<void(net::http::request const&)> on_send; ///< called first

    void answer(std::string content, unsigned status = 200) {
        net::http::response value;
        value.status = status;
        value.content = std::move(content);
        value.peer = "api.example:443";
        answers.emplace_back(std::move(value));
    }

    void fail(net::link::step at) { answers.emplace_back(failure_at(at)); }

    static net::link::failure failure_at(net::link::step at) {
        net::link::failure why;
        why.at = at;
        why.peer = "api.example:443";
        why.what = "it failed";
        why.retryable = true;
        return why;
    }

    boost::asio::awaitable<net::link::result<net::http::response>>
    send(net::http::request what) override {
        if (on_send) {
            on_send(what);
        }
        sent_request kept{what, {}};
        boost::system::error_code error;
        net::http::body_reader reader(what.content);
        for (auto chunk = reader.next(error); !chunk.empty(); chunk = reader.next(error)) {
            kept.content += chunk;
        }
        sent.push_back(std::move(kept));
        if (auto const ping = pings.find(what.to.host);
            what.to.target.ends_with("/v2/ping") && ping != pings.end()) {
            co_return ping->second;
        }
        BOOST_REQUIRE(!answers.empty());
        auto next = std::move(answers.front());
        answers.pop_front();
        co_return next;
    }

    void drop_connections() override {}
};

/// A request of a shell agent as it went over the wire.
struct capture {
    explicit capture(std::string const& text) {
        auto const blank = text.find("\n\n");
        BOOST_REQUIRE(blank != std::string::npos);
        auto const head = text.substr(0, blank + 1);
        target = head.substr(5, head.find(' ', 5) - 5);
        content_type = header(head, "Content-Type");
        authorization = header(head, "Authorization");
        // Not by its Content-Length: lengths in the captures were neutralised.
        content = text.substr(blank + 2);
        if (content.ends_with('\n') && !content.ends_with("\r\n")) {
            content.pop_back(); // the file's own last newline
        }
        boundary =
            content_type.substr(std::min(content_type.find("boundary=") + 9, content_type.size()));
    }

    static std::string header(std::string const& head, std::string const& name) {
        auto const at = head.find('\n' + name + ": ");
        if (at == std::string::npos) {
            return {};
        }
        auto const begin = at + name.size() + 3;
        return head.substr(begin, head.find('\n', begin) - begin);
    }

    std::string target;
    std::string content_type;
    std::string authorization;
    std::string boundary;
    std::string content;
};

} // namespace trafikito::test
