#pragma once
// One word of a command as a POSIX shell reads it (XCU 2.2, "Quoting"), where what it expands to is
// not known. shell_commands reads its words by this. Pure text.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace trafikito::config {

/// Stands in a word for what only a shell knows: a variable, a substitution.
inline constexpr char unknown_text = '\x01';

struct command_word {
    std::string text;       ///< quotes and backslashes resolved
    std::size_t offset = 0; ///< in the text that was read, in bytes
    bool quoted = false;    ///< some of it
    bool known = true;      ///< no unknown_text is in it
    bool pattern = false;   ///< a `*`, `?` or `[` outside quotes: a shell looks for files

    [[nodiscard]] bool is(std::string_view other) const { return known && text == other; }
};

/// Why a shell would find no end, or nothing where a command must stand.
struct shell_fault {
    enum class kind : std::uint8_t {
        single_quote,
        double_quote,
        substitution,  ///< `$(`
        backquote,     ///< `
        parameter,     ///< `${`
        parenthesis,   ///< `(`
        brace,         ///< `{`
        keyword,       ///< `if`, `while`, `until`, `for`, `case`
        here_document, ///< of a text of one line
        no_command,    ///< behind `|`, `&&` or `||`
        backslash,     ///< nothing behind it
    };
    kind is = kind::single_quote;
    std::size_t offset = 0;
};

/// What bash takes and a POSIX shell takes for something else.
struct bash_word {
    enum class kind : std::uint8_t {
        syntax,     ///< `<<<`, `<(`, `a=(…)`: the whole command cannot be read
        background, ///< `&>`
        expansion,  ///< `${a:0:2}`: the shell stops there
        variable,   ///< `$RANDOM`: nothing stands in its place
        quoting,    ///< `$'…'`
        arithmetic, ///< `$((a++))`, `((a++))`
        braces,     ///< `{1..3}`, `{a,b}`: stays as it is
    };
    std::string is; ///< as it stands there, or its beginning
    std::size_t offset = 0;
    kind as = kind::syntax;
};

/// What stands between the braces of a `${…}` that only bash and its like know.
bool is_expansion_of_bash(std::string_view inside);

/// Who reads the text that the word stands in.
class word_surroundings {
public:
    word_surroundings() = default;
    word_surroundings(word_surroundings const&) = delete;
    word_surroundings& operator=(word_surroundings const&) = delete;

    /// Reads the commands of a `$(` whose content begins at `at`, and leaves that behind its `)`.
    /// False where there is none.
    virtual bool read_substitution(std::size_t& at) = 0;

    /// Reads the commands between two backquotes.
    virtual void read_backquoted(std::size_t begin, std::size_t end) = 0;

    virtual void complain(shell_fault::kind what, std::size_t where) = 0;

    virtual void note(bash_word what) = 0;

protected:
    ~word_surroundings() = default;
};

/// The word that begins at `at`, which is left behind it.
command_word read_command_word(std::string_view text, std::size_t& at, word_surroundings& around);

} // namespace trafikito::config
