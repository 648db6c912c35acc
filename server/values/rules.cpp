#include "server/values/rules.hpp"

#include "server/values/default_rules.hpp"
#include "server/values/rules_text.hpp"

#include <map>
#include <set>
#include <stdexcept>
#include <utility>
#include <variant>

namespace trafikito::server::values {

class rules::maker {
public:
    explicit maker(rules& to) : to_(to) {}

    /// Of several commands that give the same value, the order is that of ours.
    void rank(std::vector<rule> const& ours) {
        for (auto const& one : ours) {
            command(one.command);
        }
    }

    void add_own(std::vector<rule> all) {
        for (auto& one : all) {
            auto& of = command(one.command);
            replaced_.emplace(one.command, one.name);
            auto const* const whole = std::get_if<whole_output>(&one.where);
            if (whole != nullptr && whole->what == whole_output::kind::nothing) {
                of.only_own = of.only_own || one.name == "*";
                of.unwanted.push_back(one.name);
                continue;
            }
            auto const key = one.command + ' ' + one.name;
            add(of, std::move(one), number_of(key));
        }
    }

    void add_ours(std::vector<rule> all) {
        for (auto& one : all) {
            if (replaced_.contains({one.command, "*"}) ||
                replaced_.contains({one.command, one.name})) {
                continue;
            }
            // What is for formulas alone is the command's own.
            auto const key = one.is_hidden() ? one.command + ' ' + one.name : one.name;
            auto& of = command(one.command);
            add(of, std::move(one), number_of(key));
        }
    }

    /// Formulas name values of their command.
    void link() {
        for (auto& [name, of] : to_.commands_) {
            std::map<std::string_view, std::size_t> known;
            for (auto const& one : of.list) {
                known.emplace(one.what.name, one.value);
            }
            for (auto& one : of.list) {
                auto const* const computed = std::get_if<formula>(&one.what.where);
                for (auto const& wanted : computed == nullptr ? no_names_ : computed->names()) {
                    auto const found = known.find(wanted);
                    one.names.push_back(found == known.end() ? number_of("? " + wanted)
                                                             : found->second);
                }
            }
        }
        to_.values_ = numbers_.size();
    }

private:
    of_command& command(std::string const& name) {
        auto const [at, is_new] = to_.commands_.try_emplace(name);
        if (is_new) {
            at->second.command = name;
            at->second.rank = to_.commands_.size();
        }
        return at->second;
    }

    static void add(of_command& to, rule what, std::size_t value) {
        to.list.push_back({.what = std::move(what), .value = value, .names = {}});
    }

    std::size_t number_of(std::string const& key) {
        return numbers_.try_emplace(key, numbers_.size()).first->second;
    }

    rules& to_;
    std::map<std::string, std::size_t> numbers_;
    std::set<std::pair<std::string, std::string>> replaced_;
    std::vector<std::string> no_names_;
};

namespace {

/// Read once.
std::vector<rule> const& our_rules() {
    static std::vector<rule> const all = [] {
        auto ours = parse_rules(default_rules, "our own rules");
        if (!ours.diagnostics.empty()) {
            throw std::logic_error(ours.diagnostics.front().in_one_line());
        }
        return std::move(ours.list);
    }();
    return all;
}

} // namespace

rules::rules(std::vector<rule> own) {
    maker make(*this);
    make.rank(our_rules());
    make.add_own(std::move(own));
    make.add_ours(our_rules());
    make.link();
}

rules::of_command const* rules::find(std::string_view command) const {
    auto const found = commands_.find(command);
    return found == commands_.end() ? nullptr : &found->second;
}

} // namespace trafikito::server::values
