#pragma once
// Takes secrets out of texts of which they may be part. A key comes back in words that are not
// ours: a peer echoes what it was sent, a redirect holds it in its path, a command prints it. So
// one redactor knows all secrets of the settings (config/secrets.hpp) and stands where text leaves
// the program: log, terminal, status, audit, feedback. What is reported of commands is never
// changed.

#include "base/secret.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::base {

class redactor {
public:
    redactor() = default;
    redactor(std::initializer_list<secret> secrets);

    /// Those it knew stay known: text of before may still come. One of less than four characters
    /// is not taken: it would blank out half of every text. Beyond 256 the oldest are forgotten.
    void add(secret one);
    void add(std::vector<secret> const& more);

    /// One that knows this one, too.
    [[nodiscard]] redactor with(secret one) const;

    /// `text` with `…` in place of each secret: as it is, percent- or form-encoded (also twice), as
    /// JSON, C and HTML escape it, in hexadecimal, in base64 wherever it begins there (the
    /// `user:password` of Basic), and, from eight characters on, in other letters of case, or its
    /// beginning where a text was cut (`…`, `...`).
    [[nodiscard]] std::string operator()(std::string_view text) const;

private:
    using forms = std::uint64_t; ///< a set of them: those beyond 64 share a bit

    struct pattern {
        std::string text;
        bool ignore_case = false;
        bool base64 = false;      ///< `-` and `_` stand for `+` and `/`
        bool number = false;      ///< not within a longer number
        bool shared_head = false; ///< the character before holds bits of it, too
        bool shared_tail = false; ///< the character behind holds bits of it, too
        forms bit = 0;            ///< its own, or one that it shares
    };

    struct place {
        pattern const* form = nullptr;
        std::size_t size = 0; ///< bytes of the text; 0: there is none
    };

    [[nodiscard]] static std::vector<pattern> forms_of(std::string const& secret);
    [[nodiscard]] static pattern base64_of(std::string const& secret, std::size_t before);
    [[nodiscard]] static std::size_t match(pattern const& one, std::string_view text,
                                           std::size_t at);
    [[nodiscard]] place find_at(std::string_view text, std::size_t at) const;
    /// What stands at the first two places of a form, in any case; an escape may stand for each.
    void note_beginning(pattern& one);
    [[nodiscard]] forms may_begin_at(std::string_view text, std::size_t at) const;

    std::vector<secret> secrets_;
    std::vector<std::vector<pattern>> forms_; ///< of each secret
    std::array<forms, 256> first_{};          ///< of which that character may be the first
    std::array<forms, 256> second_{};         ///< and the second
    unsigned noted_ = 0;                      ///< forms so far
};

} // namespace trafikito::base
