#include "base/output.hpp"

#include "base/printable.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <utility>

namespace trafikito::base {

namespace {

constexpr std::size_t block = 64UL * 1024;       ///< written at once
constexpr std::size_t longest_line = 1UL << 20U; ///< of a longer one the beginning is written
constexpr std::size_t held_back = 4096;          ///< of such a line: a secret may not be whole yet

/// Stands before the letter of a style. No text that is printed can bring one along: add().
constexpr char mark = '\x01';
constexpr std::string_view mark_in_words = "\\x01"; ///< as for_terminal() would have it

/// ECMA-48, "Select Graphic Rendition"; what a terminal of sixteen colours has, light or dark.
constexpr std::string_view sequence_of(char style_letter) {
    switch (static_cast<style>(style_letter)) {
    case style::strong:
        return "\x1b[1m";
    case style::error:
        return "\x1b[1;31m";
    case style::warning:
        return "\x1b[1;35m";
    case style::good:
        return "\x1b[1;32m";
    case style::faint:
        return "\x1b[2m";
    case style::plain:
        break;
    }
    return "\x1b[0m";
}

/// All bytes, or an errno. The descriptor may be one that somebody else made non-blocking.
int write_patiently(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const written = ::write(descriptor, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            pollfd room{.fd = descriptor, .events = POLLOUT, .revents = 0};
            ::poll(&room, 1, -1);
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

// open(2) takes the lowest free number, which is this one.
bool hold(int number) {
    bool const closed = ::fcntl(number, F_GETFD) < 0 && errno == EBADF;
    return !closed || ::open("/dev/null", O_RDONLY) == number;
}

} // namespace

output::output(int descriptor, redactor const& hidden)
    : std::ostream(nullptr), buffer_(descriptor, hidden) {
    rdbuf(&buffer_);
}

void output::pass_on_bytes() {
    buffer_.pass_on_bytes();
}

output& output::put(style as, std::string_view text) {
    buffer_.begin(as);
    *this << text;
    buffer_.begin(style::plain);
    return *this;
}

int output::finish() {
    int const problem = buffer_.finish();
    if (problem != 0) {
        setstate(badbit);
    }
    return problem;
}

output::buffer::int_type output::buffer::overflow(int_type next) {
    if (traits_type::eq_int_type(next, traits_type::eof())) {
        return traits_type::not_eof(next);
    }
    char const c = traits_type::to_char_type(next);
    return add({&c, 1}) ? next : traits_type::eof();
}

std::streamsize output::buffer::xsputn(char const* bytes, std::streamsize count) {
    return add({bytes, static_cast<std::size_t>(count)}) ? count : 0;
}

void output::buffer::begin(style as) {
    if (coloured_ && !raw_) {
        waiting_ += mark;
        waiting_ += static_cast<char>(as);
    }
}

bool output::buffer::add(std::string_view bytes) {
    while (coloured_ && !raw_) {
        auto const forged = bytes.find(mark);
        if (forged == std::string_view::npos) {
            break;
        }
        waiting_ += bytes.substr(0, forged);
        waiting_ += mark_in_words;
        bytes.remove_prefix(forged + 1);
    }
    waiting_ += bytes;
    return waiting_.size() < block || write(raw_);
}

std::string output::buffer::shown(std::string_view text) const {
    if (!coloured_) {
        return for_terminal(text);
    }
    std::string result;
    for (auto at = text.find(mark); at != std::string_view::npos; at = text.find(mark)) {
        result += for_terminal(text.substr(0, at));
        result += at + 1 < text.size() ? sequence_of(text[at + 1]) : sequence_of('0');
        text.remove_prefix(std::min(at + 2, text.size()));
    }
    return result + for_terminal(text);
}

bool output::buffer::write(bool all) {
    if (problem_ != 0) {
        return false;
    }
    auto size = all || raw_ ? waiting_.size() : waiting_.rfind('\n') + 1;
    if (size == 0 && waiting_.size() > longest_line) {
        waiting_ = hidden_(waiting_);
        size = whole_characters(waiting_, waiting_.size() - std::min(held_back, waiting_.size()));
    }
    if (size == 0) {
        return true;
    }
    auto const rest = waiting_.substr(size);
    waiting_.resize(size);
    problem_ = write_patiently(descriptor_, raw_ ? waiting_ : shown(hidden_(waiting_)));
    wrote_ = true;
    waiting_ = rest;
    return problem_ == 0;
}

int output::buffer::finish() {
    // A disk of the network says only when a file is closed that it had no room.
    if (write(true) && wrote_) {
        int const copy = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
        if (copy >= 0 && ::close(copy) != 0 && errno != EINTR) {
            problem_ = errno;
        }
        wrote_ = false;
    }
    return problem_;
}

console::console() : out(STDOUT_FILENO, hidden), err(STDERR_FILENO, hidden) {
    err.setf(std::ios_base::unitbuf);
    err.tie(&out);
}

int console::end(std::string_view program, int status) {
    int const problem = out.finish();
    if (problem != 0 && problem != EPIPE) {
        err << program << ": error: standard output "
            << (problem == EBADF ? "is closed"
                                 : "cannot be written: " + std::generic_category().message(problem))
            << "; not everything was printed\n";
    }
    err.finish();
    return problem == 0 ? status : 1;
}

bool hold_standard_descriptors() {
    return std::ranges::all_of(std::array{STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}, hold);
}

} // namespace trafikito::base
