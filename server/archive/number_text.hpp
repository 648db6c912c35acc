#pragma once
// Numbers and texts in a row, as short as they are: seven bits a byte, the lowest first, and a text
// behind its length. For this room's own files.

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace trafikito::server::archive {

/// What was to be read is not what this program wrote.
class unreadable : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class writer {
public:
    void number(std::uint64_t value);
    void difference(std::int64_t value); ///< a small one is short, whatever its sign
    void text(std::string_view value);
    void bytes(std::string_view value) { text_ += value; } ///< without their length
    [[nodiscard]] std::string const& so_far() const { return text_; }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

/// Every member throws unreadable where the text ends too early.
class reader {
public:
    explicit reader(std::string_view text) : rest_(text) {}

    std::uint64_t number();
    std::int64_t difference();
    std::string_view text();
    std::string_view bytes(std::uint64_t size);
    /// One that is followed by so many things, of which each takes a byte at least.
    std::size_t count();
    [[nodiscard]] std::string_view rest() const { return rest_; }
    /// Throws unreadable where something follows.
    void end() const;

private:
    std::string_view rest_;
};

} // namespace trafikito::server::archive
