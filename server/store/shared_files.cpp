#include "server/store/shared_files.hpp"

#include <utility>

namespace trafikito::server::store {

named_files
shared_files(database::connection& database, std::vector<std::string> const& names,
             std::function<std::optional<std::string>(std::string const& name)> const& make) {
    named_files all;
    database::transaction change(database);
    for (auto const& name : names) {
        if (auto known = shared_file(database, name)) {
            all[name] = std::move(*known);
        } else if (auto const made = make(name)) {
            database.prepare("INSERT INTO shared_files (name, content) VALUES (?, ?)")
                .text(name)
                .blob(*made)
                .run();
            all[name] = *made;
        }
    }
    change.commit();
    return all;
}

std::optional<std::string> shared_file(database::connection& database, std::string const& name) {
    auto known = database.prepare("SELECT content FROM shared_files WHERE name = ?");
    return known.text(name).step() ? std::optional(known.bytes_at(0)) : std::nullopt;
}

bool replace_shared_file(database::connection& database, std::string const& name,
                         std::string const& before, std::string const& after) {
    database::transaction change(database);
    if (shared_file(database, name) != before) {
        return false;
    }
    database.prepare("UPDATE shared_files SET content = ? WHERE name = ?")
        .blob(after)
        .text(name)
        .run();
    change.commit();
    return true;
}

} // namespace trafikito::server::store
