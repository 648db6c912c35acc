// Where an assertion of Boost's ends in a build without NDEBUG: as assert(3) does, but for one that
// is mistaken, and that a peer can reach.
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace boost {

// As <boost/assert.hpp> declares them, but only where assertions are on.
void assertion_failed(char const* expression, char const* function, char const* file, long line);
void assertion_failed_msg(char const* expression, char const* message, char const* function,
                          char const* file, long line);

namespace {

// Beast's parser asks whether at least five bytes are there when it goes on with the last chunk of
// a body, as if a CRLF came before each. Before the first chunk there is none: the four bytes of
// "0\r\n" and what follows are as good, and the code behind it looks no further than what is there.
bool is_mistaken(std::string_view expression, std::string_view file) {
    return expression == "n >= 5" && file.ends_with("beast/http/impl/basic_parser.ipp");
}

} // namespace

void assertion_failed(char const* expression, char const* function, char const* file, long line) {
    assertion_failed_msg(expression, "", function, file, line);
}

void assertion_failed_msg(char const* expression, char const* message, char const* function,
                          char const* file, long line) {
    if (is_mistaken(expression, file)) {
        return;
    }
    std::fprintf(stderr, "%s:%ld: %s: assertion `%s' failed. %s\n", file, line, function,
                 expression, message);
    std::abort();
}

} // namespace boost
