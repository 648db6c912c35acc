#include "agent/enrolment/plan.hpp"

#include "base/ascii.hpp"
#include "base/file.hpp"

#include <iostream>
#include <iterator>

namespace trafikito::agent::enrolment {

namespace {

constexpr std::size_t max_key = 4096;

std::string read_standard_input() {
    std::string text;
    for (std::istreambuf_iterator<char> next(std::cin), end; next != end; ++next) {
        if (text.size() > max_key) {
            throw refusal{"standard input is too long for a key"};
        }
        text += *next;
    }
    return text;
}

std::string read_named(std::filesystem::path const& file) {
    auto const read = base::read_file(file, max_key);
    if (!read.content) {
        throw refusal{file.string() + ' ' + read.problem + "; `-` reads standard input"};
    }
    return *read.content;
}

} // namespace

base::secret read_key(std::filesystem::path const& file) {
    auto const text = file == "-" ? read_standard_input() : read_named(file);
    auto const key = base::trim_white_space(text);
    if (key.empty()) {
        throw refusal{(file == "-" ? "standard input" : file.string()) +
                      " is empty: it must hold an enrolment token, or your key for the API"};
    }
    return base::secret(std::string(key));
}

} // namespace trafikito::agent::enrolment
