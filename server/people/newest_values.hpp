#pragma once
// The newest values of one machine, and its load minute by minute for the last hour. The board has
// one for each; pure.

#include "server/store/store.hpp"

#include <boost/json/array.hpp>

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace trafikito::server::people {

/// What a value is of. Machines that have one of the same name have the same label.
struct value_label {
    std::string command;
    std::string name;
    std::string instance; ///< which of several; empty: there is one
    std::string unit;

    friend auto operator<=>(value_label const&, value_label const&) = default;
};

/// They are never given back: there are as many as machines have told apart, each at most as many
/// as the store takes of it.
class label_pool {
public:
    value_label const* find(value_label what) { return &*all_.insert(std::move(what)).first; }

private:
    std::set<value_label> all_;
};

class newest_values {
public:
    static constexpr std::size_t minutes = 60;
    /// What is older than the newest by so much is of something that is gone, as a disk that was
    /// taken out.
    static constexpr std::chrono::minutes current_for{15};

    struct value {
        value_label const* label = nullptr;
        double number = 0;
        std::int64_t at = 0; ///< ms since 1970
    };

    [[nodiscard]] bool knows(std::int64_t series) const { return labels_.contains(series); }
    void learn(std::int64_t series, value_label const* label) { labels_[series] = label; }
    /// Of a series that it knows. Late ones change only the hour.
    void take(std::int64_t series, double number, std::int64_t at);

    /// Those that are current.
    [[nodiscard]] std::vector<value> all() const;
    [[nodiscard]] std::optional<double> newest(std::string_view name) const;
    struct disk {
        double used = 0; ///< %
        std::string_view name;
    };
    [[nodiscard]] std::optional<disk> fullest_disk() const;
    /// The minute of `now` last.
    [[nodiscard]] boost::json::array hour(std::int64_t now) const;

private:
    struct known {
        double number = 0;
        std::int64_t at = 0;
    };
    std::map<std::int64_t, value_label const*> labels_;
    std::map<std::int64_t, known> values_;
    std::int64_t newest_ = 0; ///< of all
    struct minute {
        std::int64_t number = -1; ///< since 1970
        float load = 0;
    };
    std::array<minute, minutes> hour_;
};

} // namespace trafikito::server::people
