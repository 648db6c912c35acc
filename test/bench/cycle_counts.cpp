#include "test/bench/cycle_counts.hpp"

#include "test/bench/counting.hpp"
#include "test/bench/figure.hpp"
#include "test/bench/workbench.hpp"

#include <algorithm>
#include <memory>

namespace trafikito::test::bench {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t counted_cycles = 6;

/// One that runs the agent, with all that goes on at the same time for it.
class counting_of {
public:
    counting_of(programs const& with, receiver const& server, fs::path const& folder,
                runner const& who)
        : with_(with), server_(server), folder_(folder), user_(who.user) {
        result_.who = who.id;
        attempt([&] { traced_ = std::make_unique<traced_run>(place("calls")); });
        attempt([&] {
            auto const& idle = place("empty");
            (void)server_.run({"order", idle.name(), "--none"});
            empty_ = std::make_unique<traced_run>(idle);
        });
        attempt([&] { counted_ = std::make_unique<counted_run>(with_, place("allocations")); });
        attempt([&] {
            auto const& shorter = place("short");
            profiled_ = std::make_unique<profiled_run>(with_, shorter, place("long"));
        });
    }

    /// Comes first, of all: while others are waited for, it would live longer.
    void finish_shorter() {
        attempt([&] {
            if (profiled_) {
                profiled_->finish_shorter();
            }
        });
    }

    cycle_counts finish() {
        attempt([&] {
            if (traced_) {
                result_.cycles = traced_->finish(counted_cycles);
            }
            if (empty_) {
                result_.empty = empty_->finish(counted_cycles);
            }
        });
        attempt([&] {
            if (counted_) {
                result_.allocations.push_back(counted_->finish(counted_cycles));
            }
        });
        attempt([&] {
            if (profiled_) {
                auto const counted = profiled_->finish(counted_cycles);
                result_.instructions.push_back(counted.all);
                result_.own_instructions.push_back(counted.own);
            }
        });
        return std::move(result_);
    }

private:
    installation const& place(std::string const& name) {
        places_.push_back(std::make_unique<installation>(
            with_, server_, folder_ / (result_.who + "-" + name), user_));
        places_.back()->offer(echo_list(10));
        return *places_.back();
    }

    /// What cannot be counted here is said once.
    template <class Work>
    void attempt(Work work) {
        try {
            work();
        } catch (unavailable const& why) {
            auto const text = std::string(why.what());
            if (std::ranges::find(result_.missing, text) == result_.missing.end()) {
                result_.missing.push_back(text);
            }
        }
    }

    programs const& with_;
    receiver const& server_;
    fs::path folder_;
    std::string user_;
    cycle_counts result_;
    std::vector<std::unique_ptr<installation>> places_;
    std::unique_ptr<traced_run> traced_;
    std::unique_ptr<traced_run> empty_;
    std::unique_ptr<counted_run> counted_;
    std::unique_ptr<profiled_run> profiled_;
};

} // namespace

std::vector<cycle_counts> count_cycles(programs const& with, receiver const& server,
                                       fs::path const& folder, std::vector<runner> const& runners) {
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms(0755));
    std::vector<std::unique_ptr<counting_of>> going_on;
    for (auto const& who : runners) {
        going_on.push_back(std::make_unique<counting_of>(with, server, folder, who));
    }
    for (auto const& one : going_on) {
        one->finish_shorter();
    }
    std::vector<cycle_counts> all;
    for (auto const& one : going_on) {
        all.push_back(one->finish());
    }
    return all;
}

double typical_calls(std::vector<traced_cycle> const& cycles) {
    samples calls;
    for (auto const& one : cycles) {
        calls.add(static_cast<double>(one.calls));
    }
    return calls.median();
}

double most_synchronous(std::vector<traced_cycle> const& cycles) {
    long most = 0;
    for (auto const& one : cycles) {
        most = std::max(most, one.synchronous);
    }
    return static_cast<double>(most);
}

} // namespace trafikito::test::bench
