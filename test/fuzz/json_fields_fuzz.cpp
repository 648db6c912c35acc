// The JSON that the server reads.
#include "server/api/fields.hpp"
#include "test/fuzz/fuzz.hpp"

#include <boost/json/parse.hpp>

using namespace trafikito;
using namespace trafikito::fuzz;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    auto const fields = server::api::parse_json_fields(text);
    if (!fields) {
        return 0;
    }
    must(text.size() <= 64UL * 1024, "a body has at most 64 KiB");
    boost::system::error_code failed;
    auto const document = boost::json::parse({text.data(), text.size()}, failed);
    must(!failed && document.is_object(), "a JSON object is one by any reader");
    for (auto const& [name, value] : *fields) {
        auto const* const member = document.get_object().if_contains(name);
        must(member != nullptr && member->is_string() &&
                 std::string_view(member->get_string()) == value,
             "a field is a member of that object");
        must(server::api::field(*fields, name) == value, "a field is found by its name");
    }
    return 0;
}
