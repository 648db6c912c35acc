#pragma once
// What an enrolment in the place of an older one puts aside: FILE stays as FILE.old, and has its
// own name again where the new one does not come to be. files.cpp writes the new ones.

#include <filesystem>
#include <string>
#include <vector>

namespace trafikito::agent::enrolment {

class aside {
public:
    /// Gives the file, if it is there, the first free name of FILE.old, FILE.old.2, ... besides its
    /// own, which whoever replaces it takes from it: at no moment there is none. Returns why not,
    /// empty when it did.
    [[nodiscard]] std::string keep(std::filesystem::path const& file);

    /// Everything is as it was before.
    void take_back();

    /// The other names.
    [[nodiscard]] std::vector<std::filesystem::path> names() const;

private:
    struct kept_file {
        std::filesystem::path from;
        std::filesystem::path to;
    };
    std::vector<kept_file> kept_;
};

} // namespace trafikito::agent::enrolment
