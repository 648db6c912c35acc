#include "server/values/prometheus_text.hpp"

#include "base/ascii.hpp"
#include "server/values/number.hpp"
#include "server/values/rule.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace trafikito::server::values {

namespace {

constexpr std::string_view type_mark = "# TYPE ";
constexpr std::string_view help_mark = "# HELP ";
/// Lines that are looked at: most exporters print fewer, and what is not kept is read for nothing.
constexpr std::size_t max_lines = 20'000;
constexpr std::size_t max_labels = 32;
constexpr std::size_t max_label_text = 512;

enum class type : std::uint8_t { other, counter, histogram, summary };

bool is_name_char(char c) {
    return base::is_word(c) || c == ':';
}

std::string_view take_name(std::string_view& text) {
    std::size_t end = 0;
    while (end < text.size() && is_name_char(text[end]) &&
           (end != 0 || !base::is_digit(text[end]))) {
        ++end;
    }
    auto const name = text.substr(0, end);
    text.remove_prefix(end);
    return name;
}

std::string_view skip_blanks(std::string_view text) {
    while (!text.empty() && base::is_blank(text[0])) {
        text.remove_prefix(1);
    }
    return text;
}

/// In double quotes, with \\ \" \n in it.
std::optional<std::string> take_quoted(std::string_view& text) {
    if (!text.starts_with('"')) {
        return std::nullopt;
    }
    std::string value;
    for (text.remove_prefix(1); !text.empty(); text.remove_prefix(1)) {
        if (text[0] == '"') {
            text.remove_prefix(1);
            return value;
        }
        if (text[0] == '\\' && text.size() > 1) {
            text.remove_prefix(1);
        }
        if (value.size() < max_label_text) {
            value += text[0];
        }
    }
    return std::nullopt;
}

struct labels {
    std::string instance;
    bool is_bucket = false;
};

std::optional<labels> take_labels(std::string_view& text) {
    labels found;
    if (!text.starts_with('{')) {
        return found;
    }
    std::string first;
    std::string all;
    std::size_t count = 0;
    for (text = skip_blanks(text.substr(1)); !text.starts_with('}'); text = skip_blanks(text)) {
        auto const name = take_name(text);
        text = skip_blanks(text);
        if (name.empty() || !text.starts_with('=') || ++count > max_labels) {
            return std::nullopt;
        }
        text = skip_blanks(text.substr(1));
        auto const value = take_quoted(text);
        if (!value) {
            return std::nullopt;
        }
        found.is_bucket = found.is_bucket || name == "le";
        first = *value;
        all.append(all.empty() ? "" : ",").append(name).append("=").append(*value);
        text = skip_blanks(text);
        if (text.starts_with(',')) {
            text.remove_prefix(1);
        }
    }
    text.remove_prefix(1);
    if (count != 0) {
        found.instance = instance_of(count == 1 ? first : all);
    }
    return found;
}

class reader {
public:
    explicit reader(std::size_t most) : most_(most) {}

    void line(std::string_view text) {
        if (text.starts_with(type_mark)) {
            note_type(text.substr(type_mark.size()));
        } else if (!text.empty() && text[0] != '#') {
            sample(text);
        }
    }
    [[nodiscard]] bool is_full() const { return all_.size() >= most_; }
    std::vector<found_value> take() { return std::move(all_); }

private:
    void note_type(std::string_view text) {
        family_ = take_name(text);
        text = base::trim_white_space(text);
        type_ = text == "counter"     ? type::counter
                : text == "histogram" ? type::histogram
                : text == "summary"   ? type::summary
                                      : type::other;
    }

    /// What follows the name of the family; nothing when it is of another.
    [[nodiscard]] std::optional<std::string_view> part(std::string_view name) const {
        return !family_.empty() && name.starts_with(family_)
                   ? std::optional(name.substr(family_.size()))
                   : std::nullopt;
    }

    [[nodiscard]] bool is_counter(std::string_view name) const {
        auto const rest = part(name);
        if (!rest) {
            return false;
        }
        if (type_ == type::counter) {
            return rest->empty() || *rest == "_total";
        }
        return (type_ == type::histogram || type_ == type::summary) &&
               (*rest == "_sum" || *rest == "_count");
    }

    void sample(std::string_view text) {
        auto const name = take_name(text);
        auto const with = take_labels(text);
        if (name.empty() || name.size() > max_name || !with || text.empty() ||
            !base::is_blank(text[0])) {
            return;
        }
        auto const rest = part(name);
        if ((with->is_bucket && name.ends_with("_bucket")) || (rest && *rest == "_created")) {
            return;
        }
        auto const value = number_of(skip_blanks(text));
        if (!value) {
            return;
        }
        all_.push_back({.name = name_of(name),
                        .instance = with->instance,
                        .unit = name.ends_with("_bytes") || name.ends_with("_bytes_total") ? "B"
                                : name.ends_with("_seconds") || name.ends_with("_seconds_total")
                                    ? "s"
                                    : "",
                        .value = *value,
                        .counter = is_counter(name)});
    }

    static std::optional<double> number_of(std::string_view text) {
        auto const found = number_at_begin(text);
        bool const ends =
            found && (found->size == text.size() || base::is_space(text[found->size]));
        return ends ? std::optional(found->value) : std::nullopt;
    }

    std::size_t most_;
    std::string_view family_;
    type type_ = type::other;
    std::vector<found_value> all_;
};

} // namespace

bool is_prometheus_text(std::string_view output) {
    return output.starts_with(type_mark) || output.starts_with(help_mark);
}

std::vector<found_value> prometheus_text(std::string_view output, std::size_t most) {
    reader lines(most);
    for (std::size_t count = 0; !output.empty() && count < max_lines && !lines.is_full(); ++count) {
        auto const end = std::min(output.find('\n'), output.size());
        auto text = output.substr(0, end);
        output.remove_prefix(std::min(end + 1, output.size()));
        if (text.ends_with('\r')) {
            text.remove_suffix(1);
        }
        lines.line(text);
    }
    return lines.take();
}

} // namespace trafikito::server::values
