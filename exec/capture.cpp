#include "exec/capture.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace trafikito::exec {

namespace {

constexpr std::uint64_t max_in_memory = 4UL * 1024; ///< most outputs are smaller

/// Of what is kept, the first half and the odd byte.
std::uint64_t head_of(std::uint64_t kept) {
    return kept - kept / 2;
}

} // namespace

capture::capture(std::uint64_t max_kept, std::shared_ptr<spool> where)
    : max_kept_(max_kept), stored_limit_(max_kept), spool_(std::move(where)) {
    if (spool_) {
        base_ = spool_->reserve(max_kept_);
    }
}

// Where the byte at a position of the output lies: the head as it came, the rest in a ring behind
// it. Until the ring turns, that is as it came, too.
std::uint64_t capture::place_of(std::uint64_t position) const {
    auto const head = head_of(stored_limit_);
    auto const ring = stored_limit_ - head;
    return position < head ? position : head + (position - head) % ring;
}

void capture::append(std::string_view bytes) {
    auto const head = head_of(stored_limit_);
    auto const ring = stored_limit_ - head;
    if (seen_ < head) {
        auto const size = std::min<std::uint64_t>(head - seen_, bytes.size());
        store(seen_, bytes.substr(0, static_cast<std::size_t>(size)));
        seen_ += size;
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    // Of more than the ring holds, only its end will be left.
    auto const lost = bytes.size() > ring ? bytes.size() - ring : 0;
    seen_ += lost;
    bytes.remove_prefix(static_cast<std::size_t>(lost));
    if (!bytes.empty()) {
        store(seen_, bytes);
        seen_ += bytes.size();
    }
}

void capture::store(std::uint64_t position, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const place = place_of(position);
        auto const run = std::min<std::uint64_t>(stored_limit_ - place, bytes.size());
        store_at(place, bytes.substr(0, static_cast<std::size_t>(run)));
        position += run;
        bytes.remove_prefix(static_cast<std::size_t>(run));
    }
}

void capture::store_at(std::uint64_t place, std::string_view bytes) {
    if (spool_ && !spooled_ && place + bytes.size() > max_in_memory) {
        move_to_spool();
    }
    if (spooled_ && spool_->write(base_ + place, bytes)) {
        return;
    }
    if (spooled_) { // the disk is full: back to memory with what there is
        std::string kept(static_cast<std::size_t>(std::min(seen_, stored_limit_)), '\0');
        kept.resize(spool_->read(base_, kept.data(), kept.size()));
        memory_ = std::move(kept);
        spooled_ = false;
        spool_.reset();
    }
    auto const end = static_cast<std::size_t>(place) + bytes.size();
    memory_.resize(std::max(memory_.size(), end));
    bytes.copy(memory_.data() + place, bytes.size());
}

void capture::move_to_spool() {
    spooled_ = spool_->write(base_, memory_);
    if (spooled_) {
        std::string().swap(memory_);
    } else {
        spool_.reset(); // there is no file, or no room: everything stays in memory
    }
}

void capture::narrow(std::uint64_t max_kept) {
    max_kept_ = std::min(max_kept_, max_kept);
}

capture capture::copied_to(std::shared_ptr<spool> where) const {
    capture copy(stored_limit_, std::move(where));
    std::uint64_t place = 0;
    read_at(0, std::min(seen_, stored_limit_), [&](std::string_view piece) {
        copy.store_at(place, piece);
        place += piece.size();
        copy.seen_ = place;
    });
    copy.seen_ = seen_;
    copy.max_kept_ = max_kept_;
    return copy;
}

void capture::head(sink const& to) const {
    read(0, cut() ? head_of(max_kept_) : seen_, to);
}

void capture::tail(sink const& to) const {
    if (cut()) {
        read(seen_ - max_kept_ / 2, seen_, to);
    }
}

void capture::read(std::uint64_t begin, std::uint64_t end, sink const& to) const {
    while (begin < end) {
        auto const place = place_of(begin);
        auto const run = std::min(stored_limit_ - place, end - begin);
        read_at(place, run, to);
        begin += run;
    }
}

void capture::read_at(std::uint64_t place, std::uint64_t size, sink const& to) const {
    if (!spooled_) {
        to(std::string_view(memory_).substr(static_cast<std::size_t>(place),
                                            static_cast<std::size_t>(size)));
        return;
    }
    std::array<char, 16UL * 1024> buffer; // NOLINT(*-member-init): read into
    while (size > 0) {
        auto const wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, buffer.size()));
        auto const got = spool_->read(base_ + place, buffer.data(), wanted);
        if (got == 0) {
            return; // the disk lost it: nothing better to show
        }
        to({buffer.data(), got});
        place += got;
        size -= got;
    }
}

} // namespace trafikito::exec
