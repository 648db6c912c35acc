#include "server/store/new_api_token.hpp"

#include "base/hexadecimal.hpp"

namespace trafikito::server::store {

namespace {

constexpr std::size_t id_size = 8;
constexpr int tries = 8; ///< of 1024 tokens one in four million has the id of another

} // namespace

new_api_token make_api_token(store& kept, std::string_view name, person_role role,
                             std::optional<base::wall_time> ends) {
    for (int i = 0; i < tries; ++i) {
        new_api_token made;
        made.text = security::random_api_token();
        made.token.digest = security::sha256(made.text);
        made.token.id = base::to_hexadecimal(made.token.digest).substr(0, id_size);
        made.token.name = name;
        made.token.role = role;
        made.token.created = kept.now();
        made.token.ends = ends;
        if (kept.add_api_token(made.token)) {
            return made;
        }
    }
    throw store_error("a new token has an id that another one has");
}

} // namespace trafikito::server::store
