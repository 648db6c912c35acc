// os-release(5); the input's first line is what `uname -s` prints.
#include "config/os_facts.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const [sysname, text] = split(as_text(data, size), '\n');
    auto const facts = config::find_os_facts(text, sysname);
    for (auto const* fact :
         {&facts.os, &facts.os_codename, &facts.os_release, &facts.centos_flavor}) {
        must(fact->find('\n') == std::string::npos, "a fact is one line");
        for (char const c : *fact) {
            must(c < 'A' || c > 'Z', "facts are lower case");
        }
    }
    must(facts == config::find_os_facts(text, sysname), "the same text has the same facts");
    return 0;
}
