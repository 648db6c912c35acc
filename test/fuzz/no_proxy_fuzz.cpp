// `no_proxy`: rules, and on the next line the address that they are asked about.
#include "net/link/proxy.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const [rules, address] = split(as_text(data, size), '\n');
    auto const to = net::link::parse_endpoint(address);
    if (!to) {
        return 0;
    }
    bool const direct = net::link::bypasses_proxy(rules, *to);
    std::string const more(rules);
    must(!direct || net::link::bypasses_proxy(more + ",other.example", *to),
         "a rule takes none back");
    must(net::link::bypasses_proxy(more + ",*", *to), "a star is for all");
    must(net::link::bypasses_proxy(
             more + "," +
                 (to->host.find(':') == std::string::npos ? to->host : "[" + to->host + "]"),
             *to),
         "a host is covered by its own name");
    auto elsewhere = *to;
    elsewhere.target = "/another";
    must(net::link::bypasses_proxy(rules, elsewhere) == direct, "the path has no say");
    return 0;
}
