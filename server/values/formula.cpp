#include "server/values/formula.hpp"

#include "base/ascii.hpp"
#include "server/values/number.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace trafikito::server::values {

/// By descent; what it finds goes behind what it works on.
class formula_reader {
public:
    explicit formula_reader(std::string_view text) : text_(text) {}

    formula::parsed read() {
        if (text_.size() > max_formula) {
            return {{}, "the formula is longer than 512 bytes", 0};
        }
        if (sum(0) && (skip(), at_ != text_.size())) {
            fail("an operator (+ - * /) must follow here");
        }
        if (!problem_.empty()) {
            return {{}, problem_, position_};
        }
        return {std::move(made_), {}, 0};
    }

private:
    using what = formula::what;

    void skip() {
        while (at_ < text_.size() && base::is_blank(text_[at_])) {
            ++at_;
        }
    }
    [[nodiscard]] char next() {
        skip();
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    bool fail(char const* why) {
        if (problem_.empty()) {
            problem_ = why;
            position_ = at_;
        }
        return false;
    }

    bool sum(std::size_t depth) {
        if (!product(depth)) {
            return false;
        }
        for (char c = next(); c == '+' || c == '-'; c = next()) {
            ++at_;
            if (!product(depth)) {
                return false;
            }
            made_.steps_.push_back({c == '+' ? what::plus : what::minus});
        }
        return true;
    }

    bool product(std::size_t depth) {
        if (!factor(depth)) {
            return false;
        }
        for (char c = next(); c == '*' || c == '/'; c = next()) {
            ++at_;
            if (!factor(depth)) {
                return false;
            }
            made_.steps_.push_back({c == '*' ? what::times : what::divided});
        }
        return true;
    }

    bool factor(std::size_t depth) {
        if (depth == max_formula_depth) {
            return fail("the formula is nested too deeply");
        }
        char const c = next();
        if (c == '(') {
            ++at_;
            if (!sum(depth + 1)) {
                return false;
            }
            return next() == ')' ? (++at_, true) : fail("a ) is missing here");
        }
        if (c == '-') {
            ++at_;
            if (!factor(depth + 1)) {
                return false;
            }
            made_.steps_.push_back({what::negative});
            return true;
        }
        return base::is_letter(c) || c == '_' ? name() : number();
    }

    bool name() {
        auto const begin = at_;
        while (at_ < text_.size() && base::is_word(text_[at_])) {
            ++at_;
        }
        auto& names = made_.names_;
        std::string const found(text_.substr(begin, at_ - begin));
        auto const known = std::ranges::find(names, found);
        auto const index = static_cast<std::size_t>(known - names.begin());
        if (known == names.end()) {
            names.push_back(found);
        }
        made_.steps_.push_back({what::name, 0, index});
        return true;
    }

    bool number() {
        auto const found = number_at_begin(text_.substr(at_));
        if (!found) {
            return fail("the name of a value, a number or ( must stand here");
        }
        at_ += found->size;
        made_.steps_.push_back({what::number, found->value});
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    formula made_;
    std::string problem_;
    std::size_t position_ = 0;
};

formula::parsed formula::parse(std::string_view text) {
    return formula_reader(text).read();
}

std::optional<double> formula::of(source const& value_of) const {
    std::vector<double> stack;
    stack.reserve(steps_.size());
    auto const take = [&] {
        auto const last = stack.back();
        stack.pop_back();
        return last;
    };
    for (auto const& one : steps_) {
        if (one.does == what::number) {
            stack.push_back(one.number);
        } else if (one.does == what::name) {
            auto const value = value_of(one.name);
            if (!value) {
                return std::nullopt;
            }
            stack.push_back(*value);
        } else if (one.does == what::negative) {
            stack.back() = -stack.back();
        } else {
            auto const right = take();
            auto& left = stack.back();
            left = one.does == what::plus    ? left + right
                   : one.does == what::minus ? left - right
                   : one.does == what::times ? left * right
                                             : left / right;
        }
    }
    return !stack.empty() && std::isfinite(stack.back()) ? std::optional(stack.back())
                                                         : std::nullopt;
}

} // namespace trafikito::server::values
