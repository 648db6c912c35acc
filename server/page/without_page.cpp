// In the place of what embed.mjs makes, where there is no Node.js.
#include "server/page/page.hpp"

namespace trafikito::server::page {

std::span<file const> files() {
    return {};
}

} // namespace trafikito::server::page
