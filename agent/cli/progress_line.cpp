#include "agent/cli/progress_line.hpp"

#include "base/file.hpp"
#include "base/printable.hpp"

namespace trafikito::agent::cli {

namespace {

constexpr std::string_view begin_anew = "\r\x1b[K"; ///< the line's beginning, and nothing behind it

} // namespace

std::string progress_text(std::size_t done, std::size_t all,
                          std::vector<std::string> const& running, std::chrono::seconds since,
                          std::size_t columns) {
    auto const counted = std::to_string(done) + "/" + std::to_string(all);
    auto const time = " ... " + std::to_string(since.count()) + " s";
    std::string names;
    for (auto const& name : running) {
        names += (names.empty() ? " " : ", ") + name;
    }
    auto const around = counted.size() + time.size() + 1;
    auto const room = columns > around ? columns - around : 0;
    if (names.size() > room) {
        names.resize(room);
    }
    return counted + names + time;
}

progress_line::progress_line(int on) : descriptor_(on), shows_(base::terminal_of(on).interactive) {}

progress_line::~progress_line() {
    erase();
}

void progress_line::draw(std::size_t done, std::size_t all, std::vector<std::string> const& running,
                         std::chrono::seconds since) {
    if (!shows_) {
        return;
    }
    auto const text =
        progress_text(done, all, running, since, base::terminal_of(descriptor_).columns);
    drawn_ = true;
    (void)base::write_fully(descriptor_, std::string(begin_anew) + base::one_line(text));
}

void progress_line::erase() {
    if (drawn_) {
        drawn_ = false;
        (void)base::write_fully(descriptor_, begin_anew);
    }
}

} // namespace trafikito::agent::cli
