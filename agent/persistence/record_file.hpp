#pragma once
// A small file that holds one text and is written in place, over and over: var/trafikito.state and
// var/trafikito.status. It costs neither a new file nor a change of the directory. Whoever reads
// it, also while it is written or after the power failed, finds a whole text.
//
// Two halves of equal size, a power of two from 4096 bytes on. Each holds one record and is filled
// up with newlines:
//
//     the text, lines of it
//     record 12 3456789        its number, and CRC-32 (decimal) of all before the second blank
//
// The half with the greater number counts; one that holds nothing but newlines was never written.
// What holds no such record is an older agent's file: one text and nothing else. An agent from
// before this form takes a file of it for a damaged one.

#include "base/descriptor.hpp"
#include "base/file.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <sys/stat.h>
#include <sys/types.h>

namespace trafikito::agent::persistence {

inline constexpr std::size_t least_half = 4096;

struct record {
    std::string_view text;
    std::uint64_t number = 0;
};

/// `text` is empty or ends with a newline; so does what comes out.
std::string format_record(std::string_view text, std::uint64_t number);

/// Of one half: nothing when it holds none, or a damaged one.
std::optional<record> parse_record(std::string_view half);

/// What a whole file holds.
struct records {
    std::optional<record> newest; ///< nothing: it is of an older agent, or damaged
    std::size_t which = 0;        ///< half: the first or the second
    std::size_t half = 0;         ///< bytes
    bool half_damaged = false;    ///< the other one is: what counts may have stood there
};

records find_records(std::string_view file);

/// What base::read_file() reads, with the newest text in place of the file; the whole file where it
/// has no record. `limit`: bytes of a text.
struct recorded_text : base::file_content {
    bool half_damaged = false;
};

/// For anybody: one that is just being written is looked at again.
recorded_text read_recorded(std::filesystem::path const& path, std::size_t limit);

/// Writes it. Never through a link, nor into what another user owns or might have open for writing:
/// what stands in its place and is not this agent's own file, or was put there while it runs, is
/// replaced in one step (base::replace_file), and so is a file whose halves are too small.
class record_file {
public:
    /// `lasting`: durability::synced where some writes are to be. What the last of these wrote is
    /// not touched, whatever is written after it, until the next such write is on the disk.
    record_file(std::filesystem::path path, base::durability lasting);

    /// After an error the file may hold an older text.
    std::error_code write(std::string_view text, base::durability wanted);

    [[nodiscard]] std::filesystem::path const& path() const { return path_; }

private:
    bool take_over();
    [[nodiscard]] bool still_there() const;
    bool write_in_place(std::string&& bytes, base::durability wanted);
    std::error_code create(std::string&& bytes);

    std::filesystem::path path_;
    base::durability lasting_;
    base::descriptor file_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
    uid_t owner_ = 0;
    std::size_t half_ = 0;
    std::uint64_t number_ = 0;          ///< of the last record
    std::size_t spared_ = 0;            ///< the half that is not to be written next
    std::array<std::size_t, 2> used_{}; ///< bytes that may be something else than newlines
    bool looked_ = false;               ///< at what there was when this began
    bool settled_ = false;              ///< what is spared is on the disk
};

} // namespace trafikito::agent::persistence
