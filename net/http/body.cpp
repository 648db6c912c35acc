#include "net/http/body.hpp"

#include "net/link/exchange_error.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>

#include <unistd.h>

namespace trafikito::net::http {

shared_file::shared_file(int descriptor) {
    if (descriptor >= 0) {
        descriptor_ = std::make_shared<base::descriptor const>(descriptor);
    }
}

body::body(std::string text) {
    append(std::move(text));
}

body& body::append(std::string content) {
    if (!content.empty()) {
        size_ += content.size();
        pieces_.emplace_back(std::make_shared<std::string const>(std::move(content)));
    }
    return *this;
}

body& body::append(shared_file file, std::uint64_t offset, std::uint64_t size) {
    if (size != 0) {
        size_ += size;
        pieces_.emplace_back(range{std::move(file), offset, size});
    }
    return *this;
}

body& body::append(body other) {
    size_ += other.size_;
    std::ranges::move(other.pieces_, std::back_inserter(pieces_));
    return *this;
}

body_reader::body_reader(body const& source) : source_(source) {}

std::string_view body_reader::next(boost::system::error_code& error) {
    error = {};
    if (piece_ == source_.pieces_.size()) {
        return {};
    }
    auto const& piece = source_.pieces_[piece_];
    std::string_view chunk;
    std::uint64_t size = 0;
    if (auto const* const text = std::get_if<body::shared_text>(&piece)) {
        size = (*text)->size();
        chunk = std::string_view(**text).substr(static_cast<std::size_t>(done_), max_chunk);
    } else {
        auto const& file = std::get<body::range>(piece);
        size = file.size;
        chunk = read_file(file, error);
    }
    done_ += chunk.size();
    if (done_ == size) {
        ++piece_;
        done_ = 0;
    }
    return chunk;
}

std::string_view body_reader::read_file(body::range const& piece,
                                        boost::system::error_code& error) {
    auto const wanted = std::min<std::uint64_t>(piece.size - done_, max_chunk);
    if (buffer_.size() < wanted) { // most reports are small: what is not needed is not touched
        buffer_.resize(static_cast<std::size_t>(wanted));
    }
    ssize_t got = -1;
    do {
        got = ::pread(piece.file.descriptor(), buffer_.data(), static_cast<std::size_t>(wanted),
                      static_cast<off_t>(piece.offset + done_));
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        error.assign(errno, boost::system::system_category());
        return {};
    }
    if (got == 0) {
        error = link::exchange_error::content_got_shorter;
        return {};
    }
    return {buffer_.data(), static_cast<std::size_t>(got)};
}

} // namespace trafikito::net::http
