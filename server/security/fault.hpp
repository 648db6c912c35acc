#pragma once
// Something that is wrong with a file of the server, found by looking alone. The reviews of this
// room return them; check prints them.

#include <filesystem>
#include <string>

namespace trafikito::server::security {

struct fault {
    std::filesystem::path file;
    std::string what;  ///< what is wrong and what it means
    std::string hint;  ///< what mends it; may be empty
    bool stops = true; ///< a server would not start, or nobody could use it
};

} // namespace trafikito::server::security
