#pragma once
// What the API is told about the operating system (doc/protocol.md, "Facts about the operating
// system"). Pure text.

#include <optional>
#include <string>
#include <string_view>

namespace trafikito::config {

/// All in lower case; a fact that is not known is empty.
struct os_facts {
    std::string os;            ///< debian
    std::string os_codename;   ///< bookworm
    std::string os_release;    ///< 12: the number before the first dot
    std::string centos_flavor; ///< centos where nothing else is known

    friend bool operator==(os_facts const&, os_facts const&) = default;
};

/// `os_release` is the content of os-release(5), nothing when there is no such file; `sysname` is
/// what `uname -s` prints.
os_facts find_os_facts(std::optional<std::string_view> os_release, std::string_view sysname);

} // namespace trafikito::config
