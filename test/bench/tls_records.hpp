#pragma once
// The records of one direction of a TLS 1.3 connection, seen from outside: their types and lengths.

#include <array>
#include <cstddef>
#include <string_view>

namespace trafikito::test::bench {

class tls_records {
public:
    /// Takes the next bytes of the stream. How many records of application data in it are more than
    /// an alert: what the two say to each other behind the handshake, and the handshake's end.
    long take(std::string_view bytes) {
        long found = 0;
        while (!bytes.empty()) {
            if (left_ > 0) {
                auto const skipped = bytes.size() < left_ ? bytes.size() : left_;
                bytes.remove_prefix(skipped);
                left_ -= skipped;
                continue;
            }
            head_.at(filled_++) = static_cast<unsigned char>(bytes.front());
            bytes.remove_prefix(1);
            if (filled_ == head_.size()) {
                filled_ = 0;
                left_ = head_[3] * 256UL + head_[4];
                found += head_[0] == application_data && left_ > alert ? 1 : 0;
            }
        }
        return found;
    }

private:
    static constexpr unsigned char application_data = 23;
    static constexpr std::size_t alert = 2 + 1 + 16; // with its inner type and its tag

    std::array<unsigned char, 5> head_{};
    std::size_t filled_ = 0;
    std::size_t left_ = 0;
};

} // namespace trafikito::test::bench
