// `proxy`, as the configuration checks it and as net/ reads it.
#include "config/url.hpp"
#include "net/link/proxy.hpp"
#include "test/fuzz/fuzz.hpp"

#include <set>
#include <string>

using namespace trafikito;
using namespace trafikito::fuzz;

namespace {

/// All that is said of an address: one of each kind that is wrong.
std::set<std::string> const& words_of_problems() {
    static auto const all = [] {
        std::set<std::string> words;
        for (auto const* const wrong :
             {"", "ftp://h:1", "http://h", "http://h:0", "http://-:1", "http://:1", "http://[::1",
              "http://%@h:1", "http://h:1/^"}) {
            words.insert(config::parse_proxy(wrong).problem);
        }
        return words;
    }();
    return all;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    auto const through = net::link::parse_proxy(text);
    auto const checked = config::parse_proxy(text);
    if (through) {
        must(is_one_line(through->authorization.reveal()), "what goes into a header is one line");
        must(through->authorization.empty() ||
                 through->authorization.reveal().starts_with("Basic "),
             "a user is told by Basic");
        must(!through->to.host.empty() && through->to.port != 0, "a proxy has a host and a port");
        must(through->to.peer().find('@') == std::string::npos, "a peer's name holds no password");
    } else {
        auto const words = through.error().message();
        must(words == net::link::parse_proxy("no proxy").error().message(),
             "a failure shows nothing of what was written");
    }
    must(!checked.value || checked.value->empty() ||
             net::link::parse_proxy(*checked.value).has_value(),
         "what the configuration takes can be used");
    must(checked.value || words_of_problems().contains(checked.problem),
         "a problem shows nothing of what was written");
    return 0;
}
