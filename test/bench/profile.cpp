#include "test/bench/profile.hpp"

#include <cctype>
#include <cstdlib>
#include <map>
#include <sstream>
#include <utility>

namespace trafikito::test::bench {

// "Callgrind Format Specification" in valgrind's manual: `ob=(NUMBER) NAME` names the object of the
// lines that follow, by its number alone when it was named before; a line of cost is a position and
// a count; the one behind `calls=` is of who is called, and is counted there.
objects read_objects(std::string_view text) {
    objects result;
    std::map<std::string, std::string> names;
    std::string object;
    bool of_callee = false;
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("ob=") || line.starts_with("cob=")) {
            auto const name = line.substr(line.find('=') + 1);
            auto const end = name.find(')');
            auto const number = name.substr(0, end);
            if (name.size() > end + 2) {
                names[number] = name.substr(end + 2);
            }
            if (line.starts_with("ob=")) {
                object = names[number];
            }
        } else if (line.starts_with("calls=")) {
            of_callee = true;
        } else if (!line.empty() && (std::isdigit(static_cast<unsigned char>(line[0])) != 0 ||
                                     line[0] == '+' || line[0] == '-' || line[0] == '*')) {
            auto const blank = line.find(' ');
            auto const count = blank == std::string::npos ? 0 : std::atof(line.c_str() + blank);
            if (!std::exchange(of_callee, false)) {
                result[object] += count;
            }
        }
    }
    return result;
}

instructions read_profile(std::string_view text, std::string const& program) {
    instructions result;
    for (auto const& [name, count] : read_objects(text)) {
        result.all += count;
        result.own += name == program ? count : 0;
    }
    return result;
}

} // namespace trafikito::test::bench
