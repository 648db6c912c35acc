#include "server/security/passwords.hpp"

#include "base/signals_blocked.hpp"
#include "base/utf8.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sodium.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <stdexcept>
#include <utility>

namespace trafikito::server::security {

namespace asio = boost::asio;

namespace {

void require_sodium() {
    if (::sodium_init() < 0) {
        throw std::runtime_error("libsodium cannot be used on this machine");
    }
}

/// Of a password that nobody has: checking one against it takes what it takes for a person.
std::string const& hash_of_nobody() {
    static std::string const made = [] {
        std::array<char, 32> random{};
        require_sodium();
        ::randombytes_buf(random.data(), random.size());
        return hash_password(wiped_text(std::string_view(random.data(), random.size())));
    }();
    return made;
}

} // namespace

void wipe(std::string& text) noexcept {
    text.resize(text.capacity()); // no more than it has: nothing is allocated
    ::sodium_memzero(text.data(), text.size());
    text.clear();
}

std::string fault_of_password(std::string_view password) {
    if (password.size() > longest_password) {
        return "A password has at most " + std::to_string(longest_password) + " bytes.";
    }
    std::size_t characters = 0;
    for (auto rest = password; !rest.empty(); ++characters) {
        auto const one = base::first_character(rest);
        if (one.size == 0) {
            return "A password is text in UTF-8.";
        }
        rest.remove_prefix(one.size);
    }
    if (characters < least_password) {
        return "A password has at least " + std::to_string(least_password) +
               " characters: several words that nobody would guess are good.";
    }
    return {};
}

std::string hash_password(wiped_text const& password) {
    require_sodium();
    std::array<char, crypto_pwhash_STRBYTES> text{};
    auto const plain = password.reveal();
    if (::crypto_pwhash_str(text.data(), plain.data(), plain.size(),
                            crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
        throw std::runtime_error("there is no memory for the hash of a password (64 MiB)");
    }
    return text.data();
}

bool is_password(std::string const& hash, wiped_text const& password) {
    require_sodium();
    auto const plain = password.reveal();
    return hash.size() < crypto_pwhash_STRBYTES &&
           ::crypto_pwhash_str_verify(hash.c_str(), plain.data(), plain.size()) == 0;
}

struct password_hasher::job {
    explicit job(asio::any_io_executor const& serving)
        : ended(serving, asio::steady_timer::time_point::max()) {}

    std::function<void()> work; ///< the thread's
    std::exception_ptr failure;
    // Of the serving thread.
    bool is_done = false;
    bool was_dropped = false;
    asio::steady_timer ended;
};

password_hasher::password_hasher(asio::any_io_executor serving, hasher_limits limits)
    : serving_(std::move(serving)), limits_(limits) {
    require_sodium();
    base::signals_blocked const inherited;
    thread_ = std::thread([this] { work_off(); });
}

password_hasher::~password_hasher() {
    {
        std::scoped_lock const hold(guard_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

bool password_hasher::add(std::shared_ptr<job> const& what, standing of) {
    {
        std::scoped_lock const hold(guard_);
        bool const is_known = of == standing::known;
        if (stopping_ || (is_known ? known_.size() >= limits_.spare + limits_.waiting
                                   : strangers_.size() >= limits_.waiting)) {
            return false;
        }
        (is_known ? known_ : strangers_).push_back(what);
    }
    changed_.notify_all();
    return true;
}

asio::awaitable<bool> password_hasher::done(std::shared_ptr<job> what, standing of) {
    if (!add(what, of)) {
        co_return false;
    }
    while (!what->is_done) {
        co_await what->ended.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (what->failure) {
        std::rethrow_exception(what->failure);
    }
    co_return !what->was_dropped;
}

asio::awaitable<std::optional<std::string>> password_hasher::hash(wiped_text password,
                                                                  standing of) {
    auto const made = std::make_shared<std::string>();
    auto const what = std::make_shared<job>(serving_);
    auto const plain = std::make_shared<wiped_text>(std::move(password));
    what->work = [made, plain] { *made = hash_password(*plain); };
    auto work = done(what, of);
    bool const answered = co_await std::move(work);
    co_return answered ? std::optional(std::move(*made)) : std::nullopt;
}

asio::awaitable<std::optional<bool>> password_hasher::check(std::optional<std::string> hash,
                                                            wiped_text password, standing of) {
    auto const right = std::make_shared<bool>(false);
    auto const what = std::make_shared<job>(serving_);
    auto const plain = std::make_shared<wiped_text>(std::move(password));
    what->work = [right, plain, of_person = std::move(hash)] {
        auto const& of_nobody = hash_of_nobody(); // the first one waits for it, whoever he is
        bool const same = is_password(of_person ? *of_person : of_nobody, *plain);
        *right = same && of_person.has_value();
    };
    auto work = done(what, of);
    bool const answered = co_await std::move(work);
    co_return answered ? std::optional(*right) : std::nullopt;
}

std::shared_ptr<password_hasher::job> password_hasher::next() {
    std::unique_lock hold(guard_);
    changed_.wait(hold, [&] { return stopping_ || !known_.empty() || !strangers_.empty(); });
    auto& from = known_.empty() ? strangers_ : known_;
    if (from.empty()) {
        return nullptr;
    }
    auto first = std::move(from.front());
    from.pop_front();
    first->was_dropped = stopping_;
    return first;
}

void password_hasher::work_off() {
    // Who guesses takes no processor from those that report, where there is only one. Linux has it
    // for each thread (setpriority(2)).
    constexpr int after_others = 5;
    ::setpriority(PRIO_PROCESS, static_cast<::id_t>(::gettid()), after_others);
    while (auto one = next()) {
        try {
            if (!one->was_dropped) {
                one->work();
            }
        } catch (...) {
            one->failure = std::current_exception();
        }
        one->work = nullptr; // the password goes here
        asio::post(serving_, [one = std::move(one)] {
            one->is_done = true;
            one->ended.cancel();
        });
    }
}

} // namespace trafikito::server::security
