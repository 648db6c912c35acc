// trafikito.cfg, trafikito.app and the environment (one `NAME=value` a line), separated by a line
// with a form feed. A key stands in the first file; nothing may show it.
#include "config/build_settings.hpp"
#include "config/key.hpp"
#include "test/fuzz/fuzz.hpp"

#include <set>

using namespace trafikito;
using namespace trafikito::fuzz;

namespace {

constexpr std::string_view secret = "q7ZxSECRETq7Zx";

void check(std::vector<config::diagnostic> const& diagnostics) {
    for (auto const& one : diagnostics) {
        must(!one.what.empty() && is_one_line(one.what) && is_one_line(one.hint),
             "a diagnostic is one line");
        must(one.format().find(secret) == std::string::npos, "no diagnostic shows the key");
    }
}

config::assignments read(std::string_view text) {
    auto read = config::parse_assignments(text, "file");
    std::set<std::string_view> keys;
    for (auto const& one : read.list) {
        must(keys.insert(one.key).second, "each key is there once");
        must(!one.broken || one.value.empty(), "what is broken has no value");
        must(one.value.find('\n') == std::string::npos && one.value.find('\0') == std::string::npos,
             "a value is one line");
    }
    must(read.diagnostics.size() <= config::max_diagnostics + 1, "what is said is bounded");
    check(read.diagnostics);
    return read;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const text = as_text(data, size);
    if (text.find("q7Zx") != std::string_view::npos) {
        return 0;
    }
    auto const [fixed, more] = split(text, '\f');
    auto const [dynamic, environment] = split(more, '\f');
    auto const [before, behind] = split(fixed, '\v');
    config::settings_sources sources;
    sources.config_file = "/opt/trafikito/etc/trafikito.cfg";
    sources.fixed =
        read(std::string(before) + "\napi_key = " + std::string(secret) + std::string(behind));
    sources.dynamic = read(dynamic);
    for (auto rest = environment; !rest.empty();) {
        auto const [line, others] = split(rest, '\n');
        sources.environment.emplace_back(line);
        rest = others;
    }
    auto const built = config::build_settings(sources);
    check(built.diagnostics);
    auto const again = config::build_settings(sources);
    must(built.diagnostics == again.diagnostics, "the same files have the same diagnostics");
    return 0;
}
