#include "config/completion.hpp"

#include "base/printable.hpp"
#include "config/command_table.hpp"

#include <algorithm>

namespace trafikito::config {
namespace {

CLI::App const* command_called(CLI::App const& parent, std::string_view name) {
    auto const all = commands_of(parent);
    auto const found = std::ranges::find(all, name, &CLI::App::get_name);
    return found == all.end() ? nullptr : *found;
}

/// The positional one that the word at that place is for.
CLI::Option const* positional_at(CLI::App const& where, std::size_t place) {
    for (auto const* one : positionals_of(where)) {
        if (place == 0 || takes_several(*one)) {
            return one;
        }
        --place;
    }
    return nullptr;
}

/// What stands in one line of the answer.
std::string line_of(std::string_view lead, candidate const& one) {
    return std::string(lead) + base::one_line(one.word) + '\t' + base::one_line(one.about) + '\n';
}

} // namespace

completion::completion(CLI::App const& program, std::vector<std::string> const& words) {
    read(program, words.empty() ? std::vector<std::string>{""} : words);
}

void completion::take_word(CLI::App const*& where, std::string const& word) {
    if (auto const* further = command_called(*where, word)) {
        where = further;
        command_ += command_.empty() ? word : ' ' + word;
    } else if (auto const* one = positional_at(*where, positionals_++)) {
        given_[name_of(*one)] = word;
    }
}

void completion::read(CLI::App const& program, std::vector<std::string> const& words) {
    before_.assign(words.begin(), words.end() - 1);
    begun_ = words.back();
    CLI::App const* where = &program;
    CLI::Option const* waiting = nullptr;
    bool options_end = false;
    for (auto const& word : before_) {
        bool const is_option = !options_end && word.starts_with('-') && word.size() > 1;
        if (waiting != nullptr) {
            given_[name_of(*std::exchange(waiting, nullptr))] = word;
        } else if (word == "--") {
            options_end = true;
        } else if (!is_option) {
            take_word(where, word);
        } else if (auto const* one = find_option(*where, word.substr(0, word.find('=')));
                   one != nullptr && takes_value(*one)) {
            auto const equals = word.find('=');
            waiting = equals == std::string::npos ? one : nullptr;
            if (waiting == nullptr) {
                given_[name_of(*one)] = word.substr(equals + 1);
            }
        }
    }
    auto const equals = begun_.find('=');
    if (waiting == nullptr && !options_end && begun_.starts_with("--") &&
        equals != std::string::npos) {
        waiting = find_option(*where, begun_.substr(0, equals));
        lead_ = begun_.substr(0, equals + 1);
        begun_.erase(0, equals + 1);
    }
    if (waiting != nullptr) {
        value_ = value_of(*waiting);
        return;
    }
    std::vector<candidate> next;
    if (begun_.starts_with('-') && !options_end) {
        for (auto const* one : options_of(*where)) {
            bool const again =
                std::ranges::find(before_, name_of(*one)) != before_.end() && !takes_several(*one);
            if (!again) {
                next.push_back({name_of(*one), one->get_description()});
            }
        }
        next.push_back({"--help", "Print what this command takes"});
    } else if (positionals_ == 0) {
        for (auto const* one : commands_of(*where)) {
            next.push_back({one->get_name(), summary_of(*one)});
        }
    }
    offer(next);
    if (auto const* one = positional_at(*where, positionals_)) {
        value_ = value_of(*one);
    }
}

std::optional<std::string> completion::given(std::string const& name) const {
    auto const found = given_.find(name);
    return found == given_.end() ? std::nullopt : std::optional(found->second);
}

void completion::offer(std::vector<candidate> const& values) {
    for (auto const& one : values) {
        bool const known =
            std::ranges::find(offered_, one.word, &candidate::word) != offered_.end() ||
            std::ranges::find(before_, one.word) != before_.end();
        if (one.word.starts_with(begun_) && !known && !one.word.empty()) {
            offered_.push_back(one);
        }
    }
}

std::string completion::text() const {
    if (value_ == "FILE") {
        return ":files\n";
    }
    if (value_ == "DIR") {
        return ":directories\n";
    }
    std::string lines;
    for (auto const& one : offered_) {
        lines += line_of(lead_, one);
    }
    return lines;
}

std::vector<candidate> choices(std::string_view words) {
    std::vector<candidate> found;
    while (!words.empty()) {
        auto const end = std::min(words.find(' '), words.size());
        found.push_back({std::string(words.substr(0, end)), {}});
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return found;
}

} // namespace trafikito::config
