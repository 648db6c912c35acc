#pragma once
// A program's log: one line an event, as text, JSON, or fields of the journal. Handed in to whoever
// has something to say. It is where text leaves the program: secrets that it knows are taken out of
// what it is given, and what a terminal would obey is made harmless. Where lines go, and that
// writing them never blocks, is log_output's concern.

#include "base/redactor.hpp"
#include "base/time_text.hpp"
#include "base/timestamp.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace trafikito::base {

enum class severity : std::uint8_t { debug, info, warning, error };

/// What a line says besides its message, for programs: `{"SECONDS", "1.2"}`. Names are upper case
/// letters and `_`, and ours.
using log_fields = std::vector<std::pair<std::string, std::string>>;

/// What on_change() said, and what did not end since.
struct lasting_problem {
    std::string message;
    timestamp since;       ///< when its topic began, in whatever words
    std::size_t count = 1; ///< how often it was found since then

    friend bool operator==(lasting_problem const&, lasting_problem const&) = default;
};

class log {
public:
    enum class format : std::uint8_t {
        text,    ///< `2026-11-23T05:12:51.042+01:00 info    message`
        journal, ///< fields for the journal's socket, else `<6>message` of sd-daemon(3)
        json     ///< `{"time":"2026-11-23T05:12:51.042+01:00","level":"info","message":"…"}`
    };

    /// Gets whole lines with their newline.
    using sink = std::function<void(std::string_view line)>;
    /// Gets `NAME=value` lines, PRIORITY and MESSAGE among them; false when it could not take them.
    using journal_sink = std::function<bool(std::string_view fields)>;
    using steady_now = std::function<std::chrono::steady_clock::time_point()>;

    log(sink write, severity threshold, format as)
        : write_(std::move(write)), threshold_(threshold), format_(as) {}

    void debug(std::string_view message) { add(severity::debug, message, {}); }
    void info(std::string_view message, log_fields const& fields = {}) {
        add(severity::info, message, fields);
    }
    void warning(std::string_view message, log_fields const& fields = {}) {
        add(severity::warning, message, fields);
    }
    void error(std::string_view message, log_fields const& fields = {}) {
        add(severity::error, message, fields);
    }

    /// Of a severity that is known only at run time.
    void add(severity level, std::string_view message) { add(level, message, {}); }

    /// For what would be said every minute: says it when the message under `topic` is another than
    /// last time. An empty message ends the topic, and says `over` unless that is empty
    /// or nothing of the topic was said (see limit_repeats()).
    void on_change(severity level, std::string const& topic, std::string_view message,
                   std::string_view over = {});

    /// What on_change() said and what has not ended since, in the order of its topics.
    [[nodiscard]] std::vector<lasting_problem> problems() const;

    /// Says it whatever limit_repeats() counts: for whoever bounds and counts himself what he says.
    void counted(severity level, std::string_view message);

    /// From now on a warning or an error that was said within the last hour is counted, not said;
    /// after that hour it is said with its count. Of different ones 128 an hour are known like
    /// that; beyond them 10 warnings and 10 errors a minute are said, and the others counted.
    void limit_repeats(steady_now now) { now_ = std::move(now); }

    /// What begins like that is news again: it is said the next time, whenever that is.
    void forget_repeats(std::string_view beginning);

    /// From now on none of them stands in a line; see redactor.hpp.
    void hide(std::vector<secret> const& secrets) { hidden_.add(secrets); }
    /// For text that leaves by another door than a line: status, audit, feedback.
    [[nodiscard]] std::string redacted(std::string_view text) const { return hidden_(text); }

    /// From now on; what is below `threshold` is not written.
    void set(severity threshold, format as) {
        threshold_ = threshold;
        format_ = as;
    }
    [[nodiscard]] format as() const { return format_; }
    /// Where format::journal sends its fields, in the name of `program`. What it does not take goes
    /// to the sink of lines.
    void set_journal(journal_sink to, std::string_view program) {
        journal_ = std::move(to);
        program_ = program;
    }

private:
    struct repeat {
        std::chrono::steady_clock::time_point said;
        std::size_t unsaid = 0;
    };
    struct topic_state {
        severity level = severity::info;
        std::string message;
        bool said = false; ///< any message since it began
        timestamp since;
        std::size_t count = 0; ///< of on_change() since then
    };

    /// What is said, within one minute, beyond the messages that are known.
    struct allowance {
        std::chrono::steady_clock::time_point since;
        std::size_t said = 0;
        std::size_t unsaid = 0;
    };

    /// False when it is only counted.
    bool add(severity level, std::string_view said, log_fields const& said_fields);
    void put(severity level, std::string_view clean, log_fields const& fields);
    bool repeated(severity level, std::string_view message, std::string& with_count);
    bool remember(std::string_view message);
    bool spend(severity level);
    void say_unsaid();

    sink write_;
    journal_sink journal_;
    std::string program_; ///< in the journal
    steady_now now_;
    redactor hidden_;
    severity threshold_;
    format format_;
    std::map<std::string, topic_state> topics_; ///< topics are ours, so few
    std::map<std::string, repeat, std::less<>> repeats_;
    std::map<severity, allowance> others_; ///< of messages beyond `repeats_`
};

/// One line of the log, with its newline, of at most 4,096 bytes; of the journal's format the one
/// for stderr. The time is local, with its offset.
std::string format_line(log::format as, severity level, std::string_view message, moment time,
                        log_fields const& fields = {});

/// The same for the journal's socket: systemd's native protocol, one field a line.
std::string format_journal_fields(std::string_view program, severity level,
                                  std::string_view message, log_fields const& fields);

} // namespace trafikito::base
