#include "exec/result.hpp"

#include <cstring>

namespace trafikito::exec {

std::string describe_ending(result const& value) {
    switch (value.end) {
    case result::ending::exited:
        return "exit code " + std::to_string(value.code);
    case result::ending::signalled: {
        char const* const name = ::sigdescr_np(value.code);
        return "signal " + std::to_string(value.code) +
               (name != nullptr ? " (" + std::string(name) + ")" : "");
    }
    case result::ending::not_started:
        return "not started: " + value.reason;
    case result::ending::abandoned:
        return "could not be killed";
    }
    return {};
}

} // namespace trafikito::exec
