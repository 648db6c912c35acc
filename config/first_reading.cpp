#include "config/first_reading.hpp"

#include "config/shell_commands.hpp"
#include "config/shell_scanner.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::config {
namespace {

class reader {
public:
    reader(std::string_view written, std::span<std::string const> variables)
        : written_(written), variables_(variables) {}

    first_reading read() && {
        while (at_ < written_.size()) {
            step();
        }
        read_.offsets.push_back(written_.size());
        return std::move(read_);
    }

private:
    void step() {
        char const c = written_[at_];
        if (c == '\\') {
            take_backslash();
        } else if (c == '`') {
            take_backquotes();
        } else if (c == '$') {
            take_dollar(written_.substr(at_));
        } else {
            add(c, at_++);
        }
    }

    void add(char c, std::size_t offset) {
        read_.text += c;
        read_.offsets.push_back(offset);
    }

    /// Between double quotes it protects a few characters, and stays before all others.
    void take_backslash() {
        bool const protects =
            at_ + 1 < written_.size() &&
            std::string_view("$`\\\n\"").find(written_[at_ + 1]) != std::string_view::npos;
        add(written_[at_ + (protects ? 1 : 0)], at_);
        at_ += protects ? 2 : 1;
    }

    void take_backquotes() {
        auto const opened = at_++;
        while (at_ < written_.size() && written_[at_] != '`') {
            at_ += written_[at_] == '\\' ? 2 : 1;
        }
        at_ = std::min(at_ + 1, written_.size());
        read_.runs.push_back(opened);
        add_unknown(opened);
    }

    void take_dollar(std::string_view rest) {
        auto const begin = at_;
        if (rest.starts_with("$((")) {
            auto const end = written_.find("))", at_);
            at_ = end == std::string_view::npos ? written_.size() : end + 2;
            add_unknown(begin);
        } else if (rest.starts_with("$(")) {
            at_ = end_of_substitution(written_, at_ + 2);
            read_.runs.push_back(begin);
            add_unknown(begin);
        } else if (rest.starts_with("${")) {
            at_ = std::min(end_of_parameter(written_, at_ + 2), written_.size());
            auto const name = written_.substr(begin + 2, at_ - begin - 3);
            add_variable(name, begin);
        } else if (auto const size = size_of_parameter(rest.substr(1)); size != 0) {
            at_ += 1 + size;
            add_variable(rest.substr(1, size), begin);
        } else {
            add('$', at_++);
        }
    }

    /// The value that is known, or what stands for one that is not.
    void add_variable(std::string_view name, std::size_t offset) {
        auto const known = std::ranges::find_if(variables_, [&](std::string_view one) {
            return one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=';
        });
        if (known == variables_.end() || name.empty()) {
            add_unknown(offset);
            return;
        }
        for (char const c : known->substr(name.size() + 1)) {
            add(c, offset);
        }
    }

    void add_unknown(std::size_t offset) {
        read_.whole = false;
        add(unknown_text, offset);
    }

    std::string_view written_;
    std::span<std::string const> variables_;
    std::size_t at_ = 0;
    first_reading read_;
};

} // namespace

first_reading read_once(std::string_view written, std::span<std::string const> variables) {
    return reader(written, variables).read();
}

} // namespace trafikito::config
