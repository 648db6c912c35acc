// Retry-After, and the Date that it counts from on the next line.
#include "net/http/retry_after.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const [value, date] = split(as_text(data, size), '\n');
    auto const wait = net::http::retry_after(value, date);
    must(wait.count() >= 0 && wait <= net::http::max_retry_after, "a wait is at most a day");
    must(net::http::retry_after(std::to_string(wait.count()), date) == wait, "seconds are seconds");
    must(date == value || net::http::retry_after(date, date).count() == 0 ||
             date.find_first_not_of(" \t\r\n\v\f0123456789") == std::string_view::npos,
         "now is not later than now");
    return 0;
}
