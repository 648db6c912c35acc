#pragma once
// What callgrind wrote: instructions, all of them and those of one object. Reads text.

#include <map>
#include <string>
#include <string_view>

namespace trafikito::test::bench {

struct instructions {
    double all = 0;
    double own = 0; ///< in the program itself, not in the libraries that it shares
};

/// `program` is the object's path as callgrind has it.
instructions read_profile(std::string_view text, std::string const& program);

/// The same of every object, by its path.
using objects = std::map<std::string, double>;
objects read_objects(std::string_view text);

} // namespace trafikito::test::bench
