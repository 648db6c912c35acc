#pragma once
// What may stand next on a command line, for the completion of shells: made of the same table that
// the command line is read by. Both programs answer `--complete WORD...` by it, which the scripts
// in deploy/completions ask. Pure text.

#include "config/help_page.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::config {

struct candidate {
    std::string word;
    std::string about; ///< may be empty
};

class completion {
public:
    /// `words` stand behind the program's name; the last one is being typed and may be empty.
    completion(CLI::App const& program, std::vector<std::string> const& words);

    /// `test`, `servers remove`; empty for the program itself.
    [[nodiscard]] std::string const& named_command() const { return command_; }
    /// What a value that may stand here is called (`FILE`, `NAME`); empty where none may.
    [[nodiscard]] std::string const& value() const { return value_; }
    [[nodiscard]] std::string const& begun() const { return begun_; } ///< of that word or value
    /// What was given to an option (`--config`) or as a word (`SERVER`), last of all.
    [[nodiscard]] std::optional<std::string> given(std::string const& name) const;

    /// Adds values; those that do not begin as the word does, and those that stand there already,
    /// are left out.
    void offer(std::vector<candidate> const& values);

    /// A line each: the word, a tab, what it means. `:files` or `:directories` in place of words
    /// where a path may stand.
    [[nodiscard]] std::string text() const;

private:
    void read(CLI::App const& program, std::vector<std::string> const& words);
    void take_word(CLI::App const*& where, std::string const& word);

    std::string command_;
    std::string value_;
    std::string begun_;
    std::string lead_; ///< stands before it in the same word: `--config=`
    std::vector<candidate> offered_;
    std::map<std::string, std::string> given_;
    std::vector<std::string> before_; ///< the words that stand there
    std::size_t positionals_ = 0;
};

/// Words separated by blanks, as candidates that need no explanation.
std::vector<candidate> choices(std::string_view words);

} // namespace trafikito::config
