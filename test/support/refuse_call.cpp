// `refuse_call NAME ERROR PROGRAM ARGUMENT…`: runs a program in whose kernel the system call NAME
// is refused with EPERM or ENOSYS (system_call_filter.hpp). `refuse_call` alone prints the names.
#include "test/support/system_call_filter.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
    auto const& known = trafikito::test::refusable_calls();
    if (argc < 4) {
        for (auto const& one : known) {
            std::cout << one.name << '\n';
        }
        return 253;
    }
    std::string_view const name = argv[1];
    std::string_view const error = argv[2];
    auto const found = std::ranges::find(known, name, &trafikito::test::named_calls::name);
    if (found == known.end() || (error != "EPERM" && error != "ENOSYS")) {
        std::cerr << "refuse_call: " << name << ' ' << error << " is not known\n";
        return 253;
    }
    trafikito::test::forbid_calls(found->calls, error == "EPERM" ? EPERM : ENOSYS);
    ::execv(argv[3], argv + 3);
    std::cerr << "refuse_call: " << argv[3] << " cannot be run\n";
    return 253;
}
