#include "server/store/shared_files.hpp"

namespace trafikito::server::store {

named_files
shared_files(database::connection& database, std::vector<std::string> const& names,
             std::function<std::optional<std::string>(std::string const& name)> const& make) {
    named_files all;
    database::transaction change(database);
    for (auto const& name : names) {
        auto known = database.prepare("SELECT content FROM shared_files WHERE name = ?");
        known.text(name);
        if (known.step()) {
            all[name] = known.bytes_at(0);
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

} // namespace trafikito::server::store
