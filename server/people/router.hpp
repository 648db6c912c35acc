#pragma once
// Which endpoint answers a request, and who may ask it. The endpoints of each file of this room put
// themselves in; front.hpp asks. It reads no body and knows no session.

#include "server/http/message.hpp"
#include "server/people/caller.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace trafikito::server::people {

/// One request that is being answered.
struct call {
    std::shared_ptr<http::request const> from;
    caller who;
    std::vector<std::string> parts; ///< what stood for each `{}` of the path, decoded
    std::map<std::string, std::string, std::less<>> query; ///< decoded; of several the first

    /// Nothing when it is not there.
    [[nodiscard]] std::optional<std::string_view> value(std::string_view name) const;
    /// The same as a whole number; throws failure 400 when it is none, or not within the bounds.
    [[nodiscard]] std::optional<std::int64_t> number(std::string_view name, std::int64_t least,
                                                     std::int64_t most) const;
};

using call_ptr = std::shared_ptr<call const>;
using answering = boost::asio::awaitable<http::response>;
using handler = std::function<answering(call_ptr)>;

/// Who may ask. `anybody` needs neither session nor token.
enum class access : std::uint8_t { anybody, reader, administrator };

struct endpoint {
    std::string method;
    std::string path; ///< `/api/v1/machines/{}`; a `{}` stands for one part, not empty
    access needs = access::administrator;
    handler answer;
};

class router {
public:
    void add(endpoint what) { endpoints_.push_back(std::move(what)); }

    struct found {
        endpoint const* what = nullptr;
        std::vector<std::string> parts;
    };
    struct other_methods {
        std::string allowed; ///< as the header Allow has them
    };
    struct none {};
    /// HEAD finds what GET does.
    [[nodiscard]] std::variant<none, other_methods, found> find(std::string_view method,
                                                                std::string_view path) const;
    /// For a test of the document that describes them.
    [[nodiscard]] std::vector<endpoint> const& all() const { return endpoints_; }

private:
    std::vector<endpoint> endpoints_;
};

} // namespace trafikito::server::people
