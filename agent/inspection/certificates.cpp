#include "agent/inspection/certificates.hpp"

#include "base/units.hpp"
#include "net/link/certificate_facts.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace trafikito::agent::inspection {

using config::key_id;
using net::link::certificate_facts;

namespace {

constexpr std::size_t most_told = 8; ///< a longer file is a bundle of the authorities of the world

std::string day_of(base::moment time) {
    constexpr std::size_t day = 10; // of RFC 3339
    return base::local_time(time).substr(0, day);
}

enum class age : std::uint8_t { in_force, over, to_come, soon_over };

class inspector {
public:
    inspector(config::settings const& settings, places const& written, base::moment now)
        : settings_(settings), written_(written), now_(now) {}

    std::vector<config::diagnostic> look() && {
        if (!settings_.ca_file.empty()) {
            look_at_trust(net::link::facts_of_certificates(settings_.ca_file.string()));
        }
        if (!settings_.client_cert.empty()) {
            look_at_identity(net::link::facts_of_certificates(settings_.client_cert.string()));
        }
        return std::move(found_);
    }

private:
    void add(key_id key, std::filesystem::path const& file, level as, std::string what,
             std::string hint) {
        found_.push_back(written_.at(
            key, as, file, std::string(config::describe(key).name) + ": " + std::move(what),
            std::move(hint)));
    }

    [[nodiscard]] age age_of(certificate_facts const& one) const {
        if (one.not_after && *one.not_after < now_) {
            return age::over;
        }
        if (one.not_before && *one.not_before > now_) {
            return age::to_come;
        }
        return one.not_after && *one.not_after < now_ + time_to_renew ? age::soon_over
                                                                      : age::in_force;
    }

    [[nodiscard]] std::string words_for(certificate_facts const& one, age is) const {
        auto const begin = "the certificate of " + one.name;
        switch (is) {
        case age::over:
            return begin + " expired on " + day_of(*one.not_after);
        case age::to_come:
            return begin + " is not valid before " + day_of(*one.not_before);
        default:
            break;
        }
        auto const days =
            std::chrono::duration_cast<std::chrono::hours>(*one.not_after - now_) / 24;
        return begin + " expires on " + day_of(*one.not_after) + ", in " +
               base::count_of(static_cast<std::uint64_t>(days.count()), "day");
    }

    [[nodiscard]] std::string hint_for(age is, std::string renewal) const {
        return is == age::to_come ? "Is this machine's clock right? It says " + day_of(now_) + "."
                                  : std::move(renewal);
    }

    void look_at_trust(std::vector<certificate_facts> const& all) {
        look_for_authority(all);
        bool const any_holds = std::ranges::any_of(all, [&](auto const& one) {
            auto const is = age_of(one);
            return is == age::in_force || is == age::soon_over;
        });
        if (any_holds && all.size() > most_told) {
            return;
        }
        for (auto const& one : all) {
            auto const is = age_of(one);
            if (is == age::in_force) {
                continue;
            }
            bool const broken = !any_holds;
            add(key_id::ca_file, settings_.ca_file, broken ? level::error : level::warning,
                words_for(one, is) + (broken ? ": no API is trusted by it, and none is reached"
                                      : is == age::soon_over
                                          ? "; the API is not trusted by it afterwards"
                                          : "; what it vouches for is not trusted"),
                hint_for(is, "Put the new one of the API's operator into " +
                                 settings_.ca_file.string() + "."));
            if (broken) {
                return;
            }
        }
    }

    /// One that is no authority's vouches for itself alone, when a server shows that very one.
    void look_for_authority(std::vector<certificate_facts> const& all) {
        bool const any = std::ranges::any_of(
            all, [](auto const& one) { return one.of_authority || one.self_issued; });
        if (!all.empty() && !any) {
            auto const& one = all.front();
            add(key_id::ca_file, settings_.ca_file, level::warning,
                "there is no certificate of an authority in it, but that of " + one.name +
                    ", which " + one.issuer +
                    " issued: only a server that shows this very one is trusted, until it gets "
                    "another",
                "Put the certificate of " + one.issuer + " there.");
        }
    }

    void look_at_identity(std::vector<certificate_facts> const& all) {
        bool own = true; // the first one
        for (auto const& one : all) {
            auto const is = age_of(one);
            if (is != age::in_force) {
                bool const broken = own && is != age::soon_over;
                add(key_id::client_cert, settings_.client_cert,
                    broken ? level::error : level::warning,
                    words_for(one, is) + (broken ? ": an API that asks for it refuses this machine"
                                                 : "; an API that asks for it refuses this machine "
                                                   "then"),
                    hint_for(is,
                             "Have a new one issued for this machine, by whoever runs the API."));
                return;
            }
            own = false;
        }
    }

    config::settings const& settings_;
    places const& written_;
    base::moment now_;
    std::vector<config::diagnostic> found_;
};

} // namespace

std::vector<config::diagnostic> inspect_certificates(config::settings const& settings,
                                                     places const& written, base::moment now) {
    return inspector(settings, written, now).look();
}

} // namespace trafikito::agent::inspection
