#include "server/http/overload.hpp"

#include <algorithm>

namespace trafikito::server::http {

namespace {

constexpr int price = 2; ///< as many have to begin for one that is told
constexpr int most_credit = 64;
constexpr unsigned least_pause = 20;
constexpr unsigned pauses = 41; ///< 20 to 60 s

} // namespace

void overload::began() {
    credit_ = std::min(credit_ + 1, most_credit);
}

bool overload::tells_one() {
    bool const tells = credit_ >= price;
    credit_ -= tells ? price : 0;
    return tells;
}

unsigned overload::pause() {
    // Far from the one before, and each of them once.
    pauses_ = (pauses_ + 16) % pauses;
    return least_pause + pauses_;
}

} // namespace trafikito::server::http
