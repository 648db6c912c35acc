#pragma once
// One line of values.conf (rules_text.hpp has the form). Only the parser of the file uses it.

#include "server/values/rule.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace trafikito::server::values {

class rule_line {
public:
    explicit rule_line(std::string_view text) : text_(text) {}

    /// True when there is nothing but blanks and a comment.
    [[nodiscard]] bool is_empty();
    /// Nothing when something is wrong: then problem(), hint() and place() say what.
    std::optional<rule> read();

    [[nodiscard]] std::string const& problem() const { return problem_; }
    [[nodiscard]] std::string const& hint() const { return hint_; }
    [[nodiscard]] std::size_t place() const { return position_ + 1; } ///< 1-based

private:
    bool read_names();
    bool read_selector();
    bool read_options();
    bool read_option();
    bool read_cell();
    bool read_row();
    bool read_each_row();
    bool read_beside(bool before);
    bool read_pattern_selector();
    bool read_pointer();
    bool read_pointer_text(std::vector<std::string>& to);
    bool read_formula();
    bool read_whole(whole_output::kind what);
    bool read_column(column& to, bool of_instance);
    bool read_pattern(std::shared_ptr<pattern const>& to);
    bool read_text(std::string& to, char const* what, std::size_t longest);
    bool read_unit();
    bool expect(std::string_view word, char const* hint);
    bool check_whole();

    void skip();
    [[nodiscard]] bool at_end();
    [[nodiscard]] std::string_view peek_word() const;
    bool take_word(std::string_view word);
    std::optional<std::size_t> take_count(std::size_t most);
    bool fail(std::string what, std::string hint = {}) {
        return fail_at(at_, std::move(what), std::move(hint));
    }
    bool fail_at(std::size_t where, std::string what, std::string hint = {});

    std::string_view text_;
    std::size_t at_ = 0;
    rule made_;
    std::string problem_;
    std::string hint_;
    std::size_t position_ = 0;
};

} // namespace trafikito::server::values
