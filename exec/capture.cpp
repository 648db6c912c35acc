#include "exec/capture.hpp"

#include <algorithm>

namespace trafikito::exec {

void capture::append(std::string_view bytes) {
    bool const was_cut = cut();
    seen_ += bytes.size();
    if (!was_cut) {
        auto const room = static_cast<std::size_t>(max_kept_ - head_.size());
        head_.append(bytes.substr(0, room));
        bytes.remove_prefix(std::min(room, bytes.size()));
        if (!cut()) {
            return;
        }
        begin_tail();
    }
    append_tail(bytes);
}

std::string capture::tail() const {
    std::string ordered;
    ordered.reserve(tail_.size());
    ordered.append(tail_, tail_next_).append(tail_, 0, tail_next_);
    return ordered;
}

// Until now everything was head; its second half is the tail so far.
void capture::begin_tail() {
    auto const head_size = static_cast<std::size_t>(max_kept_ - tail_limit());
    tail_ = head_.substr(head_size);
    head_.resize(head_size);
}

void capture::append_tail(std::string_view bytes) {
    auto const limit = static_cast<std::size_t>(tail_limit());
    if (bytes.size() >= limit) {
        tail_ = bytes.substr(bytes.size() - limit);
        tail_next_ = 0;
        return;
    }
    auto const growing = std::min(limit - tail_.size(), bytes.size());
    tail_.append(bytes.substr(0, growing));
    bytes.remove_prefix(growing);
    while (!bytes.empty()) {
        auto const run = std::min(limit - tail_next_, bytes.size());
        bytes.copy(tail_.data() + tail_next_, run);
        tail_next_ = (tail_next_ + run) % limit;
        bytes.remove_prefix(run);
    }
}

} // namespace trafikito::exec
