#pragma once
// The store's changes on a full disk: how they get the room of the reserve. For the store's own
// sources.

#include "server/store/store.hpp"

#include <optional>
#include <type_traits>
#include <utility>

namespace trafikito::server::store {

template <typename Change>
auto store::with_room(std::size_t bytes, Change change) {
    std::optional<std::invoke_result_t<Change&>> result;
    engine_->with_room(bytes, [&] { result.emplace(change()); }, [this] { forget_all_old(); });
    return std::move(*result);
}

template <typename Change>
auto store::with_reserve(Change change) {
    std::optional<std::invoke_result_t<Change&>> result;
    engine_->with_reserve([&] { result.emplace(change()); });
    return std::move(*result);
}

template <typename Change>
auto store::small_change(Change change) {
    if (database_.in_transaction()) {
        return change();
    }
    return with_reserve([&] {
        database::transaction whole(database_);
        auto result = change();
        whole.commit();
        return result;
    });
}

} // namespace trafikito::server::store
