#pragma once
// A file that only takes room, so that there is some when the disk is full: SQLite needs room even
// to delete. The store gives it up, makes room for good, and holds it again. It never holds
// anything that is read.

#include <cstdint>
#include <filesystem>

namespace trafikito::server::database {

class disk_reserve {
public:
    disk_reserve(std::filesystem::path file, std::uintmax_t bytes);

    /// Takes the room; where there is too little, a MiB less, and so on, and none below 1 MiB or
    /// where no file can be made. It belongs to the directory's owner, also when root takes it.
    void hold() const { hold(bytes_); }
    void hold(std::uintmax_t bytes) const;
    void give_up() const;
    /// By whichever process; 0: there is none.
    [[nodiscard]] std::uintmax_t held() const;
    [[nodiscard]] std::uintmax_t wanted() const { return bytes_; }

private:
    std::filesystem::path file_;
    std::uintmax_t bytes_;
};

} // namespace trafikito::server::database
