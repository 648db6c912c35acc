#include "server/values/pattern.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>

namespace trafikito::server::values {

namespace {

constexpr int most_groups = 16;

RE2::Options options() {
    RE2::Options wanted;
    wanted.set_log_errors(false);
    wanted.set_max_mem(pattern_memory);
    wanted.set_encoding(RE2::Options::EncodingLatin1); // outputs may be any bytes
    return wanted;
}

re2::StringPiece piece(std::string_view text) {
    return {text.data(), text.size()};
}

} // namespace

struct pattern::compiled {
    explicit compiled(std::string_view text) : expression(piece(text), options()) {}
    RE2 expression;
};

pattern::pattern(std::string_view text) : compiled_(std::make_unique<compiled>(text)) {
    auto const& re = compiled_->expression;
    if (!re.ok()) {
        return;
    }
    auto const& names = re.NamedCapturingGroups();
    if (auto const found = names.find("instance"); found != names.end()) {
        instance_ = found->second;
    }
    if (auto const found = names.find("value"); found != names.end()) {
        value_ = found->second;
    } else if (re.NumberOfCapturingGroups() > (instance_ == 0 ? 0 : 1)) {
        value_ = instance_ == 1 ? 2 : 1;
    }
}

pattern::~pattern() = default;

bool pattern::is_right() const {
    return problem().empty();
}

std::string pattern::problem() const {
    auto const& re = compiled_->expression;
    if (!re.ok()) {
        return re.error();
    }
    return re.NumberOfCapturingGroups() < most_groups ? std::string()
                                                      : std::string("it has too many groups");
}

bool pattern::matches(std::string_view text) const {
    return compiled_->expression.Match(piece(text), 0, text.size(), RE2::UNANCHORED, nullptr, 0);
}

std::vector<pattern::match> pattern::find(std::string_view text, std::size_t most) const {
    std::vector<match> all;
    std::array<re2::StringPiece, most_groups> groups;
    auto const wanted = std::max(value_, instance_) + 1;
    for (std::size_t from = 0; from <= text.size() && all.size() < most;) {
        if (!compiled_->expression.Match(piece(text), from, text.size(), RE2::UNANCHORED,
                                         groups.data(), wanted)) {
            break;
        }
        auto const as_view = [&](int group) {
            auto const& one = groups.at(static_cast<std::size_t>(group));
            return std::string_view(one.data() == nullptr ? text.data() : one.data(), one.size());
        };
        all.push_back({as_view(value_), instance_ == 0 ? std::string_view() : as_view(instance_)});
        if (instance_ == 0) {
            break;
        }
        auto const whole = as_view(0);
        auto const end = static_cast<std::size_t>(whole.data() - text.data()) + whole.size();
        from = std::max(end, from + 1);
    }
    return all;
}

} // namespace trafikito::server::values
