#pragma once
// Standard output and standard error of a program: whatever is printed there leaves it here. Lines
// are freed of secrets and of what a terminal would obey, and a line that could not be written is
// an error of the program, not something that nobody hears of. main() of both programs makes a
// console and hands it on; a daemon's log goes its own way (log_output.hpp).

#include "base/redactor.hpp"

#include <ostream>
#include <streambuf>
#include <string>
#include <string_view>

namespace trafikito::base {

/// How words of ours stand out on a terminal.
enum class style : char {
    plain = '0',
    strong = '1', ///< what the eye is to find first
    error = '2',
    warning = '3',
    good = '4',
    faint = '5', ///< what may be passed over
};

/// Not to be used by several threads at once.
class output : public std::ostream {
public:
    /// `descriptor` stays open; `hidden` may learn of secrets later, and outlives this.
    output(int descriptor, redactor const& hidden);

    /// Whether put() colours: for a terminal that can (terminal.hpp), never otherwise.
    void use_colour(bool yes) { buffer_.use_colour(yes); }

    /// Writes `text`, made harmless like anything else, in that style, and goes on in plain: the
    /// only way in which this program speaks to a terminal. Without colour it writes the text.
    output& put(style as, std::string_view text);

    /// From now on bytes are written as they come, for programs that read them: neither secrets nor
    /// control characters are touched.
    void pass_on_bytes();

    /// Writes what is left, be it half a line. Returns the errno of the first write that failed, 0
    /// when all was written.
    int finish();

private:
    class buffer : public std::streambuf {
    public:
        buffer(int descriptor, redactor const& hidden) : descriptor_(descriptor), hidden_(hidden) {}

        void pass_on_bytes() { raw_ = true; }
        void use_colour(bool yes) { coloured_ = yes; }
        void begin(style as);
        /// True when everything up to now was written, whole lines or all of it.
        bool write(bool all);
        [[nodiscard]] int finish();

    protected:
        int_type overflow(int_type next) override;
        std::streamsize xsputn(char const* bytes, std::streamsize count) override;
        /// Whole lines: a secret must not be cut in two by a flush.
        int sync() override { return write(false) ? 0 : -1; }

    private:
        bool add(std::string_view bytes);
        [[nodiscard]] std::string shown(std::string_view text) const;

        int descriptor_;
        redactor const& hidden_;
        std::string waiting_;
        bool raw_ = false;
        bool coloured_ = false;
        bool wrote_ = false;
        int problem_ = 0;
    };

    buffer buffer_;
};

struct console {
    console();

    /// For main() to return: `status`, or 1 when standard output could not be written, which is
    /// said on standard error as `PROGRAM: error: …`. That a reader has gone is said by no more
    /// than the 1.
    int end(std::string_view program, int status);

    redactor hidden;
    output out;
    output err; ///< after what was printed on `out` before it
};

/// Opens /dev/null in place of a standard descriptor that is closed: the next file to be opened
/// would become stdout and get what is printed. It is opened for reading alone, so that writing to
/// what was closed fails as it should. False when that failed, too.
bool hold_standard_descriptors();

} // namespace trafikito::base
