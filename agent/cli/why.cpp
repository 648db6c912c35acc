#include "agent/cli/why.hpp"

#include "agent/cli/exit_code.hpp"
#include "agent/diagnosis/diagnose.hpp"
#include "base/file.hpp"
#include "base/printable.hpp"
#include "base/terminal.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <unistd.h>

#include <algorithm>

namespace trafikito::agent::cli {

namespace json = boost::json;
using diagnosis::verdict;

namespace {

constexpr std::size_t id_width = 15;
constexpr std::size_t verdict_width = 9;
constexpr std::size_t time_width = 9;

std::string padded(std::string_view text, std::size_t width) {
    std::string line(text);
    line.resize(std::max(width, line.size() + (line.empty() ? 0 : 1)), ' ');
    return line;
}

std::string in_words(std::chrono::milliseconds span) {
    return std::to_string(span.count()) + " ms";
}

base::style style_of(verdict value) {
    switch (value) {
    case verdict::ok:
        return base::style::good;
    case verdict::note:
        return base::style::warning;
    case verdict::wrong:
        return base::style::error;
    default:
        return base::style::faint;
    }
}

/// The steps as they are done: on a terminal the one that is being done stands in the last line,
/// until its result takes its place.
class on_screen {
public:
    explicit on_screen(base::output& out)
        : out_(out), live_(base::terminal_of(STDOUT_FILENO).interactive) {}

    void begins(std::string_view id) {
        if (live_) {
            out_.flush();
            raw(padded(id, id_width) + "...");
        }
    }

    void ended(diagnosis::step const& one) {
        if (live_) {
            raw("\r\033[K");
        }
        std::string const indent(id_width + verdict_width + time_width, ' ');
        out_ << padded(one.id, id_width);
        out_.put(style_of(one.is), name_of(one.is));
        out_ << padded({}, verdict_width - name_of(one.is).size())
             << padded(in_words(one.took), time_width) << base::one_line(one.text) << '\n';
        for (auto const& line : one.details) {
            out_ << indent << base::one_line(line) << '\n';
        }
        out_.flush();
    }

private:
    /// What moves the cursor is ours, and never passes `out_`, which would not let it.
    static void raw(std::string_view text) { (void)base::write_fully(STDOUT_FILENO, text); }

    base::output& out_;
    bool live_;
};

std::string remedy_of(diagnosis::cause const& of) {
    return of.advice + (of.advice.empty() || of.command.empty() ? "" : ": ") + of.command;
}

json::object to_json(diagnosis::step const& one) {
    json::array details;
    for (auto const& line : one.details) {
        details.emplace_back(line);
    }
    return {{"id", one.id},
            {"verdict", name_of(one.is)},
            {"tookMs", one.took.count()},
            {"text", one.text},
            {"details", std::move(details)}};
}

void print_json(diagnosis::findings const& found, base::output& out) {
    json::array steps;
    for (auto const& one : found.steps) {
        steps.push_back(to_json(one));
    }
    auto const text_or_null = [](std::string const& text) {
        return text.empty() ? json::value() : json::value(text);
    };
    auto const root = found.root.value_or(diagnosis::cause());
    json::object const object{
        {"steps", std::move(steps)},
        {"ok", !found.root},
        {"cause", text_or_null(root.sentence)},
        {"remedy", text_or_null(remedy_of(root))},
        {"command", text_or_null(root.command)},
        {"afterwards", text_or_null(found.besides ? found.besides->command : std::string())}};
    out << base::for_json(json::serialize(object)) << '\n';
}

std::string last_sentence(diagnosis::findings const& found) {
    if (found.root) {
        return diagnosis::in_one_sentence(*found.root);
    }
    bool const unseen =
        std::ranges::any_of(found.steps, [](auto const& one) { return one.is == verdict::unseen; });
    return unseen ? "Nothing wrong was seen, but this user may not see all: ask again as root"
                  : "Nothing is wrong: what the API asks for runs here and reaches it";
}

} // namespace

int print_why(why_request const& what, std::vector<std::string> const& environment,
              std::string const& not_enrolled, base::console& to) {
    diagnosis::question question;
    question.config_file = std::filesystem::absolute(what.config.file).lexically_normal();
    question.found_by = what.config.found_by;
    question.environment = environment;
    question.not_enrolled = not_enrolled;
    on_screen screen(to.out);
    diagnosis::audience audience;
    if (!what.as_json) {
        to.out.use_colour(base::terminal_of(STDOUT_FILENO).colour);
        audience.begins = [&](std::string_view id) { screen.begins(id); };
        audience.ended = [&](diagnosis::step const& one) { screen.ended(one); };
    }
    auto const found = diagnosis::diagnose(std::move(question), to.hidden, audience);
    if (what.as_json) {
        print_json(found, to.out);
    } else {
        to.out << '\n';
        if (found.besides) {
            to.out << "Afterwards, since " << base::one_line(found.besides->sentence) << ": "
                   << base::one_line(found.besides->command) << '\n';
        }
        to.out.put(base::style::strong, base::one_line(last_sentence(found)));
        to.out << '\n';
    }
    if (!found.root) {
        return ok;
    }
    return found.root->rank == diagnosis::rank::no_configuration ? wrong : failed;
}

} // namespace trafikito::agent::cli
