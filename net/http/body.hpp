#pragma once
// The body of a request: pieces of text and ranges of open files, of a size known before the first
// byte goes out. api_v1, api_v2 and enrolment make it, http_client sends it; a report on disk is
// never in memory whole.

#include "base/descriptor.hpp"

#include <boost/system/error_code.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace trafikito::net::http {

/// An open file that several owners hold; the last one closes it.
class shared_file {
public:
    shared_file() = default;

    /// Takes over an open descriptor, or holds nothing when `descriptor` is negative.
    explicit shared_file(int descriptor);

    [[nodiscard]] bool is_open() const { return descriptor_ != nullptr; }
    [[nodiscard]] int descriptor() const { return descriptor_ ? descriptor_->get() : -1; }

private:
    std::shared_ptr<base::descriptor const> descriptor_;
};

class body {
public:
    body() = default;
    explicit body(std::string text);

    body& append(std::string content);

    /// `size` bytes from `offset` on, read with pread() when they are sent: the file's own position
    /// does not move, and one file may be sent twice.
    body& append(shared_file file, std::uint64_t offset, std::uint64_t size);
    body& append(body other);

    [[nodiscard]] std::uint64_t size() const { return size_; }

private:
    friend class body_reader;
    struct range {
        shared_file file;
        std::uint64_t offset;
        std::uint64_t size;
    };

    using shared_text =
        std::shared_ptr<std::string const>; ///< shared, so that a copy of a body is cheap

    std::vector<std::variant<shared_text, range>> pieces_;
    std::uint64_t size_ = 0;
};

/// Walks over a body once, in chunks of at most 64 KiB. The body must live as long.
class body_reader {
public:
    static constexpr std::size_t max_chunk = 64UL * 1024;

    explicit body_reader(body const& source);

    /// The next bytes, valid until the next call; empty at the end or with `error` set. A file that
    /// is shorter than it was said to be is the error `content_got_shorter`.
    std::string_view next(boost::system::error_code& error);

private:
    std::string_view read_file(body::range const& piece, boost::system::error_code& error);

    body const& source_;
    std::size_t piece_ = 0;
    std::uint64_t done_ = 0; ///< of the current piece
    std::vector<char> buffer_;
};

} // namespace trafikito::net::http
