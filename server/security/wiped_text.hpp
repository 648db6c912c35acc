#pragma once
// A secret that a person typed: its bytes are overwritten when it goes. Whoever takes a password
// from the network or a terminal puts it here at once; it is printed nowhere.

#include <string>
#include <string_view>
#include <utility>

namespace trafikito::server::security {

/// Overwrites the text, all that it has room for, and empties it.
void wipe(std::string& text) noexcept;

class wiped_text {
public:
    wiped_text() = default;
    /// What it is made of is the caller's to wipe.
    explicit wiped_text(std::string_view text) : text_(text) {}
    // What is short is copied by a move.
    wiped_text(wiped_text&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }
    wiped_text& operator=(wiped_text&& other) noexcept {
        if (this != &other) {
            wipe(text_);
            text_ = std::move(other.text_);
            wipe(other.text_);
        }
        return *this;
    }
    wiped_text(wiped_text const&) = delete;
    wiped_text& operator=(wiped_text const&) = delete;
    ~wiped_text() { wipe(text_); }

    /// For whoever hashes it, and no other.
    [[nodiscard]] std::string_view reveal() const { return text_; }

private:
    std::string text_;
};

} // namespace trafikito::server::security
