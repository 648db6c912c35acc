#pragma once
// Reports of one server that came in about an hour, packed: what each command printed lies
// together, minute after minute, and takes a few hundredths of what it took. One frame for each
// command, so that who reads one output unpacks no other command's.

#include "server/archive/report_body.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::archive {

/// What is known of a report beside what it brought. Times are milliseconds since 1970 UTC.
struct report_head {
    std::int64_t number = 0;
    std::int64_t received = 0;
    std::int64_t place = 0;      ///< among the reports of its server
    std::int64_t kept_since = 0; ///< by the clock by which it grows old
    std::optional<std::int64_t> collected;
    std::optional<std::int64_t> took; ///< seconds
    std::string token;                ///< empty: none
    std::string report_id;            ///< empty: none
    std::int64_t bytes = 0;           ///< what it counted for before

    friend bool operator==(report_head const&, report_head const&) = default;
};

/// No block holds more than that, but for one report that is larger.
inline constexpr std::size_t max_packed = 8UL * 1024 * 1024;
inline constexpr std::size_t max_packed_reports = 128;
/// A report of more outputs is packed as a whole: a frame for each would be none the smaller.
inline constexpr std::size_t max_packed_outputs = 128;
/// Beyond so many commands a block takes no more.
inline constexpr std::size_t max_packed_commands = 512;

class block_writer {
public:
    block_writer();
    ~block_writer();
    block_writer(block_writer const&) = delete;
    block_writer& operator=(block_writer const&) = delete;

    /// False, and nothing is added, when the block is full. Throws unreadable when the body cannot
    /// be read.
    bool add(report_head const& head, std::string_view body);

    /// The block of all that was added; then it begins anew.
    std::string finish();

private:
    struct content;
    std::unique_ptr<content> content_;
};

/// Every member throws unreadable.
class block_reader {
public:
    /// Reads the heads alone. What it points into must live as long.
    explicit block_reader(std::string_view block);

    /// In the order in which they were added.
    [[nodiscard]] std::vector<report_head> const& heads() const { return heads_; }

    struct output {
        std::string command;
        std::string bytes;
    };
    /// All that a report brought.
    [[nodiscard]] std::vector<output> outputs(std::size_t report) const;
    [[nodiscard]] std::string results(std::size_t report) const;
    /// Every output of one command, with the place of its report among heads(): unpacks one frame.
    struct dated_output {
        std::size_t report = 0;
        std::string bytes;
    };
    [[nodiscard]] std::vector<dated_output> outputs_of(std::string_view command) const;

    /// Unpacks all of it.
    void check() const;

private:
    struct packed_frame {
        std::string name; ///< of its command
        std::size_t size = 0;
        std::string_view packed;
    };
    [[nodiscard]] std::string unpacked(std::size_t frame) const;
    void read_heads();
    [[nodiscard]] std::string whole_body(std::size_t report) const;

    std::vector<packed_frame> frames_;
    std::vector<report_head> heads_;
    std::vector<std::vector<std::size_t>> outputs_; ///< the frames, of each report
    std::vector<bool> whole_;                       ///< its one output is its body
};

} // namespace trafikito::server::archive
