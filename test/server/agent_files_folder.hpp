#pragma once
// A folder as `serve --agent-files` takes it: nobody but its owner can change what is in there.

#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>

namespace trafikito::test {

inline void make_agent_files_folder(std::filesystem::path const& folder) {
    std::filesystem::create_directory(folder);
    ::chmod(folder.c_str(), 0755);
}

inline void put_agent_file(std::filesystem::path const& file, std::string const& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
    ::chmod(file.c_str(), 0644);
}

} // namespace trafikito::test
