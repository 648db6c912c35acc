#include "exec/capture.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <limits>

namespace trafikito::exec {

namespace {

constexpr std::uint64_t small = 4UL * 1024; ///< most outputs are smaller, and stay in memory

/// Of what is kept, the first half and the odd byte.
std::uint64_t head_of(std::uint64_t kept) {
    return kept - kept / 2;
}

} // namespace

capture::capture(std::uint64_t max_kept, std::shared_ptr<scratch_file> where)
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
    while (!bytes.empty()) {
        auto const head = head_of(stored_limit_);
        auto const ring = stored_limit_ - head;
        if (seen_ >= head && bytes.size() > ring) { // only its end will be left
            auto const lost = static_cast<std::size_t>(bytes.size() - ring);
            seen_ += lost;
            bytes.remove_prefix(lost);
            continue;
        }
        auto const place = place_of(seen_);
        auto const room = (seen_ < head ? head : stored_limit_) - place;
        auto const run = static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size()));
        if (store(place, bytes.substr(0, run))) {
            seen_ += run;
            bytes.remove_prefix(run);
        }
    }
}

void capture::append_what_waits(int pipe) {
    int waiting = 0;
    ::ioctl(pipe, FIONREAD, &waiting); // where it cannot be said nothing waits
    std::array<char, 4096> piece{};
    while (waiting > 0) {
        auto const wanted = std::min(static_cast<std::size_t>(waiting), piece.size());
        auto const size = ::read(pipe, piece.data(), wanted);
        if (size <= 0) {
            return;
        }
        append({piece.data(), static_cast<std::size_t>(size)});
        waiting -= static_cast<int>(size);
    }
}

/// False when there is no room for that: less is kept from now on, and places are others.
bool capture::store(std::uint64_t place, std::string_view bytes) {
    if (spool_ && disk_takes_ && !spooled_ && place + bytes.size() > small) {
        move_to_spool();
    }
    if (spooled_) {
        if (spool_->write(base_ + place, bytes)) {
            return true;
        }
        if (!move_to_memory()) {
            return false;
        }
    }
    auto const end = place + bytes.size();
    if (end > memory_.size()) {
        if (end > small && !borrow(end - memory_.size())) {
            stored_limit_ = std::max(seen_, small); // as it came: the ring has not turned yet
            narrow(stored_limit_);
            return false;
        }
        memory_.resize(static_cast<std::size_t>(end));
    }
    bytes.copy(memory_.data() + place, bytes.size());
    return true;
}

bool capture::borrow(std::uint64_t size) {
    return !spool_ || spool_->lend_memory(size);
}

void capture::move_to_spool() {
    spooled_ = spool_->write(base_, memory_);
    disk_takes_ = spooled_;
    if (spooled_) {
        std::string().swap(memory_);
    }
}

/// The disk takes no more. False when there is no memory for all of it either.
bool capture::move_to_memory() {
    disk_takes_ = false;
    auto const size = std::min(seen_, stored_limit_);
    if (borrow(size)) {
        memory_.resize(static_cast<std::size_t>(size));
        memory_.resize(spool_->read(base_, memory_.data(), memory_.size()));
        spooled_ = false;
        return true;
    }
    narrow(small);
    std::string first;
    std::string last;
    head([&](std::string_view piece) { first += piece; });
    tail([&](std::string_view piece) { last += piece; });
    spooled_ = false;
    stored_limit_ = small;
    memory_ = std::move(first);
    if (!last.empty()) {
        memory_.resize(small);
        auto position = seen_ - last.size();
        for (char const byte : last) {
            memory_[static_cast<std::size_t>(place_of(position++))] = byte;
        }
    }
    return false;
}

void capture::narrow(std::uint64_t max_kept) {
    max_kept_ = std::min(max_kept_, max_kept);
}

capture capture::copied_to(std::shared_ptr<scratch_file> where) const {
    capture copy(max_kept_, std::move(where));
    auto const add = [&copy](std::string_view piece) { copy.append(piece); };
    head(add);
    if (cut()) {
        copy.seen_ += seen_ - max_kept_;
        tail(add);
    }
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
