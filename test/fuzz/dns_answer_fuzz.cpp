// What a name server answers (`why` asks each), and the file that names them.
#include "agent/diagnosis/dns_query.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    constexpr std::uint16_t id = 0x6161;
    if (auto const answer = agent::diagnosis::parse_dns_answer(text, id)) {
        must(answer->code < 16, "a code has four bits");
        must(is_one_line(agent::diagnosis::in_words(*answer)), "its words are one line");
    }
    auto const question = agent::diagnosis::dns_question(text, id);
    must(question.empty() || question.size() <= 12 + 255 + 4, "a question is short");
    must(!agent::diagnosis::parse_dns_answer(question, id), "a question is no answer");
    must(agent::diagnosis::parse_name_servers(text).size() <= 3, "three servers at most");
    return 0;
}
