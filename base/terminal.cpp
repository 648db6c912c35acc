#include "base/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace trafikito::base {

namespace {

std::string_view variable(char const* name) {
    char const* const value = std::getenv(name);
    return value == nullptr ? std::string_view() : value;
}

} // namespace

terminal terminal_of(int descriptor) {
    terminal found;
    if (::isatty(descriptor) != 1) {
        return found;
    }
    winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col != 0 && size.ws_row != 0) {
        found.columns = size.ws_col;
        found.lines = size.ws_row;
    }
    auto const kind = variable("TERM");
    found.interactive = !kind.empty() && kind != "dumb";
    found.colour = found.interactive && variable("NO_COLOR").empty();
    return found;
}

} // namespace trafikito::base
