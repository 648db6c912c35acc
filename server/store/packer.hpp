#pragma once
// The thread that packs what came an hour ago: it reads fresh reports over a connection of its own,
// makes blocks of them (archive/report_block.hpp), and asks the store's thread to put each in the
// place of its reports, one after the other. The same of values, which it thins, too. It runs when
// nobody else wants the processor, holds one block in memory, and nothing waits for it.

#include "server/store/report_pack.hpp"
#include "server/store/store_thread.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace trafikito::server::store {

struct value_pack;

class packer {
public:
    /// Makes a store for reading; called in the packer's thread.
    using open_store = std::function<std::unique_ptr<store>()>;

    /// It looks as often; `writes` outlives it.
    packer(store_thread& writes, open_store open,
           std::chrono::milliseconds pause = std::chrono::minutes(1));
    /// Waits for the end of what is under way.
    ~packer();
    packer(packer const&) = delete;
    packer& operator=(packer const&) = delete;

    /// Interrupts what is under way. False when it has not ended in time: then the process can only
    /// be left, with everything as it is.
    bool stop(std::chrono::milliseconds within);

    /// What keeps reports from being packed, for the log; empty: nothing.
    [[nodiscard]] std::string fault() const;

private:
    void work();
    void look();
    /// False when nothing of it was packed.
    bool pack_server(std::string const& id, std::int64_t young);
    void look_at_values();
    bool replace_values(value_pack pack);
    /// False when the store has no time for it, or it is time to stop, or what it replaces has
    /// changed.
    template <typename Pack>
    bool replace(Pack pack);
    /// What the store's thread answers; nothing when it has no time, or it is time to stop.
    template <typename Question>
    auto answer_to(std::size_t bytes, Question question);
    [[nodiscard]] bool stopping() const;
    void say(std::string fault);

    store_thread& writes_;
    open_store open_;
    std::chrono::milliseconds pause_;
    unreadable_reports unreadable_;
    mutable std::mutex guard_; ///< of what follows
    std::condition_variable changed_;
    std::unique_ptr<store> from_;
    std::string fault_;
    std::chrono::steady_clock::time_point next_look_at_values_;
    std::string values_fault_; ///< of the last that could not be read
    bool stopping_ = false;
    bool ended_ = false;
    std::thread thread_;
};

} // namespace trafikito::server::store
