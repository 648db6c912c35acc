#pragma once
// All that one database of the store holds, in another one, whichever engines they have: `copy`,
// `backup` and `restore`. Row by row, so that it can be run again: what is the same stays, what is
// missing or different is written, what is not there any more goes.

#include "server/store/engine.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace trafikito::server::store {

enum class copy_way : std::uint8_t {
    /// In small steps, into one that is empty, or a copy that nobody has used since (use_copy()).
    /// What an interruption left, the next run goes on with.
    in_steps,
    /// In one transaction: until its end, whoever uses it sees all as it was, and cannot change it.
    /// Whatever it held gives way.
    at_once,
};

struct copied {
    std::int64_t servers = 0;
    std::int64_t reports = 0; ///< packed or not
    std::int64_t blocks = 0;  ///< in which older ones are packed
    std::int64_t rows = 0;    ///< of all tables
    std::int64_t written = 0; ///< of them, those that were not there yet, or not the same
    std::int64_t bytes = 0;   ///< that reports and blocks take
};

/// What has been done so far; called now and then.
using copy_progress = std::function<void(copied const&)>;

/// `from` is read as it was at one moment, `to` is then compared with it, byte for byte. Throws
/// database::error: of either, when `to` holds something of its own, when it is in use by a process
/// that serves, or when they are not the same in the end.
copied copy_all(engine& from, engine& to, copy_way how, copy_progress const& progress = {});

/// Whether it holds nothing.
bool is_empty(database::connection& database);
/// It is no copy any more, but one's own.
void use_copy(database::connection& database);

} // namespace trafikito::server::store
