// What a plugin prints, or what pretends to be one: whatever it is, its values are few, finite and
// harmless.
#include "base/utf8.hpp"
#include "server/values/nagios_perfdata.hpp"
#include "test/fuzz/fuzz.hpp"

#include <cmath>

using namespace trafikito;
using namespace trafikito::fuzz;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const all = server::values::nagios_perfdata(as_text(data, size), "check_x", 16);
    must(all.size() <= 16, "no more than was asked for");
    for (auto const& one : all) {
        must(std::isfinite(one.value), "a value is a number");
        must(one.name.size() <= 64 && one.instance.size() <= server::values::max_instance,
             "names are bounded");
        must(is_one_line(one.instance) && base::is_utf8(one.instance), "an instance is plain text");
        must(one.name == server::values::name_of(one.name) || one.name == "check_x",
             "a name is a name");
    }
    return 0;
}
