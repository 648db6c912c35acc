// What leaves the program: without secrets, and with nothing that a terminal obeys.
#include "base/printable.hpp"
#include "base/redactor.hpp"
#include "base/utf8.hpp"
#include "test/fuzz/fuzz.hpp"

using namespace trafikito;
using namespace trafikito::fuzz;

namespace {

bool is_harmless(std::string_view text, std::string_view allowed, bool joiners = false) {
    while (!text.empty()) {
        auto const next = base::first_character(text);
        bool const joins = joiners && base::is_joiner(next);
        if (!base::is_harmless(next) && !joins &&
            allowed.find(text.front()) == std::string_view::npos) {
            return false;
        }
        text.remove_prefix(next.size == 0 ? 1 : next.size);
    }
    return true;
}

} // namespace

// The first line is a secret, all of it the text.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    auto const secret = std::string(split(text, '\n').first);
    base::redactor const redact{base::secret("q7Zx-hunter2"), base::secret(secret)};
    auto const clean = redact(text);
    must(clean.find("q7Zx-hunter2") == std::string::npos, "no secret is left");
    must(redact(std::string(3, ' ') + "q7Zx-hunter2").ends_with("…"), "it is found at the end");
    must(clean.size() <= text.size() * 3, "it is bounded");

    must(is_harmless(base::for_terminal(text), "\n\t", true), "a terminal obeys nothing");
    must(is_harmless(base::for_line(text, 100), ""), "nor in a cell of a table");
    auto const line = base::one_line(text, 100);
    must(is_harmless(line, "") && line.size() <= 100, "a line of the log is short and harmless");
    must(base::one_line(line, 100) == line, "and stays as it is");
    must(is_harmless(base::for_json(text), "\n"), "so is JSON");
    return 0;
}
