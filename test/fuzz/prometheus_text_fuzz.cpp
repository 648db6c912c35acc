// What an exporter prints, or what pretends to be one.
#include "base/utf8.hpp"
#include "server/values/prometheus_text.hpp"
#include "test/fuzz/fuzz.hpp"

#include <cmath>

using namespace trafikito;
using namespace trafikito::fuzz;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const all = server::values::prometheus_text(as_text(data, size), 16);
    must(all.size() <= 16, "no more than was asked for");
    for (auto const& one : all) {
        must(std::isfinite(one.value), "a value is a number");
        must(one.name.size() <= 64 && one.instance.size() <= server::values::max_instance,
             "names are bounded");
        must(is_one_line(one.instance) && base::is_utf8(one.instance), "an instance is plain text");
        must(one.name == server::values::name_of(one.name), "a name is a name");
    }
    return 0;
}
