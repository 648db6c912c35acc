// The error object of an answer of the API.
#include "net/api/api_error.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    auto const error = net::api::parse_api_error(text);
    if (!error) {
        return 0;
    }
    must(text.find("error") != std::string_view::npos || text.find('\\') != std::string_view::npos,
         "an error is said in so many words");
    must(is_one_line(error->code) && is_one_line(error->message), "it is fit for a log line");
    must(error->code.size() <= 503 && error->message.size() <= 503, "it is bounded");
    must(net::api::parse_api_error(net::api::format_api_error(*error)) == error,
         "what is formatted reads back as the same error");
    return 0;
}
