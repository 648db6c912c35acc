// What is shown of a text from the network.
#include "base/ascii.hpp"
#include "base/plain_text.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    for (std::size_t const max : {std::size_t{3}, std::size_t{64}, std::size_t{300}}) {
        auto const plain = base::plain_text(text, max);
        must(is_one_line(plain), "it is one line");
        must(plain.size() <= max + 3, "it is bounded");
        must(base::plain_text(plain, max + 3) == base::trim_white_space(plain),
             "it is plain already");
    }
    must(is_inside(base::trim_white_space(text), text), "trim() cuts and makes nothing");
    return 0;
}
