#include "test/bench/workbench.hpp"

#include <iostream>
#include <unistd.h>

namespace trafikito::test::bench {

figure& workbench::add(figure one) {
    std::cerr << "    " << one.name << ": " << one.value_text();
    if (auto const ratio = one.ratio_text(); !ratio.empty()) {
        std::cerr << ", " << ratio;
    }
    std::cerr << std::endl;
    figures.push_back(std::move(one));
    return figures.back();
}

void workbench::say(std::string const& text) {
    std::cerr << text << std::endl;
}

std::vector<runner> possible_runners() {
    if (::geteuid() == 0) {
        return {{"root", "", "as root"}, {"user", "nobody", "as an ordinary user"}};
    }
    return {{"user", "", "as an ordinary user"}};
}

} // namespace trafikito::test::bench
