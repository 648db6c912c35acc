#include "agent/persistence/record_file.hpp"

#include "base/checksum.hpp"
#include "base/number.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <utility>

namespace trafikito::agent::persistence {

namespace {

constexpr std::string_view mark = "record ";
constexpr std::size_t page = 4096;
constexpr std::size_t longest = 32UL * 1024 * 1024; ///< bytes of a file that is written further
constexpr int looks = 4; ///< at a file of which a half is damaged: perhaps it is being written

/// Nobody but the user of this process can have it open for writing, or know it by another name.
bool is_private(struct stat const& facts, uid_t owner) {
    return S_ISREG(facts.st_mode) && facts.st_nlink == 1 && facts.st_uid == owner &&
           (facts.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

bool is_blank(std::string_view half) {
    return half.find_first_not_of('\n') == std::string_view::npos;
}

std::size_t rounded_up(std::size_t size) {
    return (size + page - 1) / page * page;
}

} // namespace

std::string format_record(std::string_view text, std::uint64_t number) {
    std::string all(text);
    all += mark;
    all += std::to_string(number);
    auto const sum = base::checksum(all);
    all += ' ' + std::to_string(sum) + '\n';
    return all;
}

std::optional<record> parse_record(std::string_view half) {
    auto const end = half.find_last_not_of('\n');
    if (end == std::string_view::npos || end + 1 == half.size()) { // its line has an end
        return std::nullopt;
    }
    half = half.substr(0, end + 1);
    auto const before = half.rfind('\n');
    auto const start = before == std::string_view::npos ? 0 : before + 1;
    auto const line = half.substr(start);
    auto const blank = line.rfind(' ');
    if (!line.starts_with(mark) || blank < mark.size()) {
        return std::nullopt;
    }
    auto const number =
        base::number_in<std::uint64_t>(line.substr(mark.size(), blank - mark.size()));
    auto const sum = base::number_in<std::uint32_t>(line.substr(blank + 1));
    if (!number || !sum || *sum != base::checksum(half.substr(0, start + blank))) {
        return std::nullopt;
    }
    return record{half.substr(0, start), *number};
}

records find_records(std::string_view file) {
    records found;
    found.half = file.size() / 2;
    if (file.size() % 2 != 0 || found.half < least_half || !std::has_single_bit(found.half)) {
        return found;
    }
    std::array const halves{file.substr(0, found.half), file.substr(found.half)};
    bool damaged = false;
    for (std::size_t which = 0; which < halves.size(); ++which) {
        auto const one = parse_record(halves.at(which));
        damaged = damaged || (!one && !is_blank(halves.at(which)));
        if (one && (!found.newest || one->number > found.newest->number)) {
            found.newest = one;
            found.which = which;
        }
    }
    found.half_damaged = damaged && found.newest;
    return found;
}

recorded_text read_recorded(std::filesystem::path const& path, std::size_t limit) {
    recorded_text read;
    for (int look = 0; look < looks; ++look) {
        static_cast<base::file_content&>(read) = base::read_file(path, 2 * std::bit_ceil(limit));
        if (!read.content) {
            return read;
        }
        auto const found = find_records(*read.content);
        read.half_damaged = found.half_damaged;
        if (found.newest && (!found.half_damaged || look + 1 == looks)) {
            read.content = std::string(found.newest->text);
            return read;
        }
    }
    return read;
}

record_file::record_file(std::filesystem::path path, base::durability lasting)
    : path_(std::move(path)), lasting_(lasting) {}

std::error_code record_file::write(std::string_view text, base::durability wanted) {
    bool const ready = std::exchange(looked_, true) ? still_there() : take_over();
    auto bytes = format_record(text, ++number_);
    if (ready && bytes.size() <= half_) {
        if (write_in_place(std::string(bytes), wanted)) {
            return {};
        }
        file_.close(); // what is on such a disk is not known: a new file, or an error in words
    }
    return create(std::move(bytes));
}

/// The file that an earlier process left, to be written further.
bool record_file::take_over() {
    struct stat facts{};
    auto const us = ::geteuid();
    if (::lstat(path_.c_str(), &facts) != 0 || !is_private(facts, us)) {
        return false;
    }
    base::descriptor file(
        ::open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    if (!file.open() || ::fstat(file.get(), &facts) != 0 || !is_private(facts, us)) {
        return false;
    }
    auto const read = base::read_file(file, longest);
    auto const found = find_records(read.content.value_or(""));
    if (!found.newest || found.half_damaged) {
        return false;
    }
    file_ = std::move(file);
    device_ = facts.st_dev;
    inode_ = facts.st_ino;
    owner_ = us;
    half_ = found.half;
    number_ = found.newest->number;
    spared_ = found.which;
    used_ = {half_, half_};
    settled_ = false;
    return true;
}

bool record_file::still_there() const {
    struct stat facts{};
    return file_.open() && ::lstat(path_.c_str(), &facts) == 0 && facts.st_ino == inode_ &&
           facts.st_dev == device_ && is_private(facts, owner_) &&
           static_cast<std::uint64_t>(facts.st_size) == 2 * half_;
}

bool record_file::write_in_place(std::string&& bytes, base::durability wanted) {
    // What an earlier process wrote last may be in memory alone, even if what it spared is older.
    if (lasting_ == base::durability::synced && !settled_) {
        if (::fdatasync(file_.get()) != 0) {
            return false;
        }
        settled_ = true;
    }
    auto const into = 1 - spared_;
    auto const size = bytes.size();
    bytes.resize(std::min(rounded_up(std::max(size, used_.at(into))), half_), '\n');
    if (base::write_fully_at(file_.get(), bytes, into * half_) != 0) {
        return false;
    }
    used_.at(into) = size;
    if (wanted == base::durability::synced && ::fdatasync(file_.get()) != 0) {
        return false;
    }
    if (wanted == base::durability::synced || lasting_ == base::durability::none) {
        spared_ = into;
    }
    return true;
}

std::error_code record_file::create(std::string&& bytes) {
    auto const size = bytes.size();
    auto const half = std::bit_ceil(std::max(size, least_half));
    bytes.resize(2 * half, '\n');
    base::descriptor made;
    struct stat facts{};
    auto const write = [&](int file) {
        int const error = base::write_fully(file, bytes);
        made = base::descriptor(::fcntl(file, F_DUPFD_CLOEXEC, 0));
        return error == 0 && (!made.open() || ::fstat(file, &facts) != 0) ? errno : error;
    };
    if (auto const failed = base::replace_file(path_, write, lasting_)) {
        return failed;
    }
    file_ = std::move(made);
    device_ = facts.st_dev;
    inode_ = facts.st_ino;
    owner_ = facts.st_uid;
    half_ = half;
    spared_ = 0;
    used_ = {size, 0};
    settled_ = true;
    return {};
}

} // namespace trafikito::agent::persistence
