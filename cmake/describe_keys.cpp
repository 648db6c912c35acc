// Build tool: fills @KEYS@ and @VERSION@ of the manual's template. describe_keys TEMPLATE RESULT
// VERSION
#include "config/key.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

namespace {

void replace(std::string& text, std::string const& mark, std::string const& by) {
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + by.size())) {
        text.replace(at, mark.size(), by);
    }
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: describe_keys TEMPLATE RESULT VERSION\n";
        return 2;
    }
    std::ifstream in(argv[1]);
    std::string page(std::istreambuf_iterator<char>(in), {});
    replace(page, "@VERSION@", argv[3]);
    replace(page, "@KEYS@", trafikito::config::describe_keys_man());
    std::ofstream out(argv[2]);
    out << page;
    return in && out ? 0 : 1;
}
