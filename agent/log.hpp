#pragma once
// The agent's log: one line an event, as text or JSON. Handed in to whoever has something to say.
// Nothing secret is ever passed to it; control characters of what it is given are made harmless.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace trafikito::agent {

enum class severity : std::uint8_t { debug, info, warning, error };

class log {
public:
    enum class format : std::uint8_t {
        text,    ///< `2026-11-23 05:12:51 info  message`
        journal, ///< `<6>message`: sd-daemon(3); time and level are the journal's
        json     ///< `{"time":"2026-11-23T05:12:51Z","level":"info","message":"…"}`
    };

    /// Gets whole lines with their newline.
    using sink = std::function<void(std::string_view line)>;

    log(sink write, severity threshold, format as)
        : write_(std::move(write)), threshold_(threshold), format_(as) {}

    void debug(std::string_view message) { add(severity::debug, message); }
    void info(std::string_view message) { add(severity::info, message); }
    void warning(std::string_view message) { add(severity::warning, message); }
    void error(std::string_view message) { add(severity::error, message); }

    /// For what would be said every minute: says it when the message under `topic` is another than
    /// last time. An empty message ends the topic in silence.
    void on_change(severity level, std::string const& topic, std::string_view message);

    void set(severity threshold, format as) {
        threshold_ = threshold;
        format_ = as;
    }

private:
    void add(severity level, std::string_view message);

    sink write_;
    severity threshold_;
    format format_;
    std::map<std::string, std::string> last_; ///< per topic; topics are ours, so few
};

/// One line of the log, with its newline.
std::string format_line(log::format as, severity level, std::string_view message,
                        std::int64_t unix_seconds);

/// To stderr; to `log_file` when it is not empty (appended to, 0640; falls back to stderr when it
/// cannot be opened, and says so there).
log::sink open_log(std::string const& log_file);

/// True when systemd connected stderr to the journal (JOURNAL_STREAM, systemd.exec(5)).
bool stderr_is_journal();

} // namespace trafikito::agent
