#include "agent/persistence/checksum.hpp"

#include <boost/crc.hpp>

namespace trafikito::agent::persistence {

std::uint32_t checksum(std::string_view text) {
    boost::crc_32_type sum;
    sum.process_bytes(text.data(), text.size());
    return sum.checksum();
}

} // namespace trafikito::agent::persistence
