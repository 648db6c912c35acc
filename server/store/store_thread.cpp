#include "server/store/store_thread.hpp"

#include "base/signals_blocked.hpp"

#include <boost/asio/post.hpp>

#include <string>

namespace trafikito::server::store {

namespace asio = boost::asio;

store_thread::store_thread(asio::any_io_executor serving, store& kept, store_thread_limits limits)
    : serving_(std::move(serving)), kept_(kept), limits_(limits) {
    base::signals_blocked const inherited;
    thread_ = std::thread([this] { work_off(); });
}

store_thread::~store_thread() {
    if (thread_.joinable()) {
        {
            std::scoped_lock const hold(guard_);
            stopping_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }
}

bool store_thread::stop(std::chrono::milliseconds within) {
    std::unique_lock hold(guard_);
    stopping_ = true;
    waiting_.clear();
    changed_.notify_all();
    kept_.interrupt();
    if (!changed_.wait_for(hold, within, [&] { return ended_; })) {
        thread_.detach();
        return false;
    }
    hold.unlock();
    thread_.join();
    return true;
}

bool store_thread::is_idle() {
    std::scoped_lock const hold(guard_);
    return waiting_.empty() && !working_;
}

std::size_t store_thread::waiting() {
    std::scoped_lock const hold(guard_);
    return waiting_.size();
}

std::shared_ptr<store_thread::job> store_thread::add(std::size_t bytes,
                                                     std::function<void(store&)> work) {
    auto made = std::make_shared<job>();
    made->work = std::move(work);
    made->bytes = bytes;
    {
        std::scoped_lock const hold(guard_);
        if (stopping_) {
            throw store_unavailable("the server is stopping");
        }
        if (waiting_.size() >= limits_.max_waiting || bytes_ + bytes > limits_.max_bytes) {
            throw store_unavailable("the database is slower than what comes in: " +
                                    std::to_string(waiting_.size()) + " changes wait for it");
        }
        bytes_ += bytes;
        waiting_.push_back(made);
    }
    changed_.notify_all();
    return made;
}

asio::awaitable<void> store_thread::end_of(std::shared_ptr<job> what) {
    auto ended = what->end.wait(serving_, limits_.patience);
    co_await std::move(ended);
    if (!what->end.has_come()) {
        what->abandoned = true;
        throw store_unavailable("the database did not answer within " +
                                std::to_string(limits_.patience.count() / 1000) + " s");
    }
    if (what->error) {
        std::rethrow_exception(what->error);
    }
}

std::shared_ptr<store_thread::job> store_thread::next() {
    std::unique_lock hold(guard_);
    working_ = false;
    changed_.wait(hold, [&] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) {
        return nullptr;
    }
    working_ = true;
    auto first = std::move(waiting_.front());
    waiting_.pop_front();
    return first;
}

void store_thread::work_off() {
    while (auto const one = next()) {
        if (!one->abandoned) {
            try {
                one->work(kept_);
            } catch (...) {
                one->error = std::current_exception();
            }
        }
        one->work = nullptr; // what it holds goes here, before the next begins
        {
            std::scoped_lock const hold(guard_);
            bytes_ -= one->bytes;
            if (stopping_) {
                continue;
            }
        }
        asio::post(serving_, [one] { one->end.comes(); });
    }
    std::scoped_lock const hold(guard_);
    ended_ = true;
    changed_.notify_all();
}

} // namespace trafikito::server::store
