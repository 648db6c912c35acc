#include "agent/enrolment/spelling.hpp"

#include <array>
#include <utility>

namespace trafikito::agent::enrolment {

namespace {

bool ends_word(std::string const& text, std::size_t at) {
    constexpr std::string_view around = " ,;:?";
    return at >= text.size() || around.find(text[at]) != std::string_view::npos;
}

void replace_word(std::string& text, std::string_view word, std::string_view by) {
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
        bool const whole =
            (at == 0 || ends_word(text, at - 1)) && ends_word(text, at + word.size());
        if (whole) {
            text.replace(at, word.size(), by);
        }
        at += whole ? by.size() : word.size();
    }
}

} // namespace

std::string respelled(std::string message, spelling const& called) {
    auto const in = std::string(called.api_url);
    std::array<std::pair<std::string_view, std::string>, 7> const words{{
        {"check server_id and api_key in the configuration",
         "check the key in " + std::string(called.key) + " and the workspace"},
        {"look for stray characters in the configuration, in api_key first",
         "look for stray characters in " + std::string(called.key)},
        {"check the address in the configuration", "check " + in},
        {"put the new address into the configuration", "give the new address by " + in},
        {"ca_file", std::string(called.ca_file)},
        {"api_url", in},
        {"pin", std::string(called.pin)},
    }};
    for (auto const& [word, by] : words) {
        replace_word(message, word, by);
    }
    return message;
}

} // namespace trafikito::agent::enrolment
