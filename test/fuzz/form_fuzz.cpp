// A form as v1 sends it and the server reads it.
#include "base/percent_encoding.hpp"
#include "net/api/form.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    must(base::percent_decode(base::percent_encode(text)) == std::string(text),
         "what is encoded decodes to the same bytes");
    if (auto const fields = net::api::parse_form(text)) {
        must(fields->size() <= 64, "a form has at most 64 fields");
        must(net::api::parse_form(net::api::format_form(*fields)) == fields,
             "what is formatted reads back as the same fields");
    }
    return 0;
}
