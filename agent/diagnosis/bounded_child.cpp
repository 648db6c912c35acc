#include "agent/diagnosis/bounded_child.hpp"

#include "base/asked_program.hpp"

#include <string_view>
#include <utility>

namespace trafikito::agent::diagnosis {

namespace {

constexpr std::size_t max_output = 64UL * 1024;
constexpr std::string_view usual_path =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

} // namespace

std::filesystem::path find_program(std::string const& name,
                                   std::vector<std::string> const& environment) {
    std::string folders;
    for (std::string_view const one : environment) {
        if (one.starts_with("PATH=")) {
            folders = one.substr(5);
        }
    }
    folders += ':';
    folders += usual_path;
    return base::find_in_path(name, folders);
}

std::optional<child_answer> ask_child(std::vector<std::string> words,
                                      std::chrono::milliseconds bound) {
    auto answer = base::ask_program({.words = std::move(words),
                                     .environment = {"PATH=" + std::string(usual_path), "LC_ALL=C"},
                                     .patience = bound,
                                     .heard = base::program_question::stream::output,
                                     .limit = max_output});
    return answer.whole ? std::optional(child_answer{answer.code, std::move(answer.said)})
                        : std::nullopt;
}

} // namespace trafikito::agent::diagnosis
