#include "server/store/copying.hpp"

#include "server/store/store_time.hpp"
#include "server/store/table_rows.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace trafikito::server::store {

namespace {

constexpr std::size_t page = 500;         ///< rows that are compared at once
constexpr std::size_t page_of_bodies = 8; ///< the same with their bodies, of up to 16 MiB each
constexpr std::int64_t step_bytes = 8L * 1024 * 1024; ///< that are written in one transaction

// A fact of a database that is a copy, and that nobody has used: what it holds may give way.
constexpr std::string_view unused_copy = "copy";

bool is_unused_copy(database::connection& database) {
    auto query = database.prepare("SELECT value FROM facts WHERE name = ?");
    query.text(unused_copy);
    return query.step();
}

void require_own(engine& to, copy_way how) {
    if (how == copy_way::at_once) {
        return;
    }
    if (!to.keeps_house()) {
        throw database::error("a trafikito-server serves the database that is to be the copy: "
                              "stop it first");
    }
    if (!is_empty(to.connection()) && !is_unused_copy(to.connection())) {
        throw database::error("the database that is to be the copy holds something of its own, or "
                              "was used since: give an empty one (`trafikito-server restore` "
                              "replaces what one holds)");
    }
}

std::string said(table const& of, row const& key) {
    std::string text = std::string(of.name) + " ";
    for (std::size_t at = 0; at < of.keys; ++at) {
        auto const& one = key[at];
        bool const is_number = of.columns[at].kind == database::parameter::kind::number;
        bool const is_text = of.columns[at].kind == database::parameter::kind::text;
        text += (at == 0 ? "" : ", ") + (is_number ? std::to_string(one.number)
                                         : is_text ? one.bytes
                                                   : "(bytes)");
    }
    return text;
}

/// The rows of two tables with the same keys, page by page: of each key what both have.
class two_tables {
public:
    two_tables(table_rows& one, table_rows& other, table const& of, std::size_t most, bool whole)
        : one_(one), other_(other), table_(of), most_(most), whole_(whole) {}

    /// False at the end. Up to the same key of both: rows beyond it come with the next.
    bool next() {
        if (ended_) {
            return false;
        }
        ones = one_.after(last_, most_, whole_);
        others = other_.after(last_, most_, whole_);
        bool const cut = ones.size() == most_;
        bool const other_cut = others.size() == most_;
        ended_ = !cut && !other_cut;
        if (!ended_) {
            auto const& until =
                !other_cut || (cut && in_order(table_, ones.back(), others.back()) < 0)
                    ? ones.back()
                    : others.back();
            last_ = until;
            auto const beyond = [&](row const& each) { return in_order(table_, each, *last_) > 0; };
            std::erase_if(ones, beyond);
            std::erase_if(others, beyond);
        }
        return true;
    }

    std::vector<row> ones;
    std::vector<row> others;

private:
    table_rows& one_;
    table_rows& other_;
    table const& table_;
    std::size_t most_;
    bool whole_;
    std::optional<row> last_;
    bool ended_ = false;
};

/// Of two pages in order, each key once.
template <typename Take>
void side_by_side(table const& of, two_tables const& pages, Take take) {
    auto one = pages.ones.begin();
    auto other = pages.others.begin();
    while (one != pages.ones.end() || other != pages.others.end()) {
        auto const order = one == pages.ones.end()       ? std::strong_ordering::greater
                           : other == pages.others.end() ? std::strong_ordering::less
                                                         : in_order(of, *one, *other);
        take(order <= 0 ? &*one : nullptr, order >= 0 ? &*other : nullptr);
        one += order <= 0 ? 1 : 0;
        other += order >= 0 ? 1 : 0;
    }
}

/// The transaction in which something is written, ended and begun anew when it is large.
class steps {
public:
    steps(engine& to, copy_way how) : to_(to), how_(how) {
        if (how_ == copy_way::at_once) {
            begin();
        }
    }
    void wrote(std::size_t bytes) {
        bytes_ += static_cast<std::int64_t>(bytes);
        if (bytes_ >= step_bytes) {
            pause();
        }
    }
    /// Outside of a transaction when this returns, unless all is one.
    void pause() {
        if (how_ == copy_way::in_steps) {
            end();
        }
    }
    void begin() {
        if (!change_) {
            change_.emplace(to_.connection());
            bytes_ = 0;
        }
    }
    void end() {
        if (change_) {
            change_->commit();
            change_.reset();
        }
    }

private:
    engine& to_;
    copy_way how_;
    std::optional<database::transaction> change_;
    std::int64_t bytes_ = 0;
};

std::size_t place_of(table const& of, std::string_view name) {
    auto const found = std::ranges::find(of.columns, name, &column::name);
    return static_cast<std::size_t>(found - of.columns.begin());
}

std::size_t size_of(row const& what) {
    std::size_t bytes = 0;
    for (auto const& each : what) {
        bytes += each.bytes.size() + sizeof each.number;
    }
    return bytes;
}

/// What one of them has of its own.
bool is_own(table const& of, row const& what) {
    return of.name == "facts" && what.front().bytes == unused_copy;
}

/// Of a page: what has to go, and what has to be written.
struct differences {
    std::vector<row const*> gone;
    std::vector<row const*> missing;

    void note(table const& of, row const* ours, row const* theirs) {
        if ((ours != nullptr && theirs != nullptr && *ours == *theirs) ||
            is_own(of, ours != nullptr ? *ours : *theirs)) {
            return;
        }
        bool stays = ours != nullptr && of.is_referred_to;
        for (std::size_t at = 0; stays && theirs != nullptr && at < of.columns.size(); ++at) {
            stays = !of.columns[at].unique || (*ours)[at] == (*theirs)[at];
        }
        if (theirs != nullptr && !stays) {
            gone.push_back(theirs);
        }
        if (ours != nullptr) {
            missing.push_back(ours);
        }
    }
};

class copier {
public:
    copier(engine& from, engine& to, copy_way how, copy_progress const& progress)
        : from_(from), to_(to), how_(how), steps_(to, how), progress_(progress) {}

    copied run() {
        mark();
        for (auto const& one : all_tables()) {
            copy(one);
        }
        to_.number_on();
        steps_.pause();
        for (auto const& one : all_tables()) {
            compare(one);
        }
        steps_.end();
        return done_;
    }

private:
    void mark();
    void copy(table const& of);
    void compare(table const& of);
    void count(table const& of, row const& what);
    void make_place(std::int64_t day);
    void replace(table_rows& with, differences const& found, table_rows& source, table const& of);
    static void require_same(table_rows& with, differences const& found, table const& of);

    engine& from_;
    engine& to_;
    copy_way how_;
    steps steps_;
    std::set<std::int64_t> days_; ///< that have their place
    copy_progress const& progress_;
    copied done_;
};

// While it is copied in steps, what is there is no store to work with.
void copier::mark() {
    if (how_ == copy_way::at_once) {
        use_copy(to_.connection());
        return;
    }
    steps_.begin();
    to_.connection()
        .prepare("INSERT INTO facts (name, value) VALUES (?, 1) ON CONFLICT DO NOTHING")
        .text(unused_copy)
        .run();
    steps_.pause();
}

void copier::count(table const& of, row const& what) {
    ++done_.rows;
    done_.servers += of.name == "servers" ? 1 : 0;
    if (of.name == "reports") {
        ++done_.reports;
        done_.bytes += what.back().number;
    } else if (of.name == "blocks") {
        ++done_.blocks;
        done_.reports += what.at(place_of(of, "reports")).number;
        done_.bytes += what.back().number;
    }
}

void copier::copy(table const& of) {
    table_rows source(from_.connection(), of);
    table_rows target(to_.connection(), of);
    two_tables pages(source, target, of, page, false);
    while (pages.next()) {
        differences found;
        side_by_side(of, pages, [&](row const* ours, row const* theirs) {
            if (ours != nullptr && !is_own(of, *ours)) {
                count(of, *ours);
            }
            found.note(of, ours, theirs);
        });
        replace(target, found, source, of);
        steps_.pause();
        if (progress_) {
            progress_(done_);
        }
    }
}

void copier::replace(table_rows& with, differences const& found, table_rows& source,
                     table const& of) {
    if (found.gone.empty() && found.missing.empty()) {
        return;
    }
    steps_.begin();
    for (auto const* one : found.gone) {
        with.remove(*one);
        steps_.wrote(size_of(*one));
    }
    for (auto const* one : found.missing) {
        auto const whole = of.has_body ? source.find(*one) : *one;
        if (!whole) {
            throw database::error(said(of, *one) + " is not there any more"); // never, within one
        }
        if (of.has_body) {
            make_place(day_of(whole->at(place_of(of, "kept_since")).number));
        }
        steps_.begin();
        with.write(*whole);
        ++done_.written;
        steps_.wrote(size_of(*whole));
    }
}

void copier::make_place(std::int64_t day) {
    if (days_.insert(day).second) {
        steps_.pause();
        to_.prepare_for(0, day);
    }
}

// What was written is read again.
void copier::require_same(table_rows& with, differences const& found, table const& of) {
    auto const fail = [&](row const& which, std::string const& how) {
        throw database::error("the copy is not the same: " + said(of, which) + how +
                              ", also after it was written again");
    };
    for (auto const* one : found.missing) {
        auto const there = with.find(*one);
        if (!there || *there != *one) {
            fail(*one, there ? " is another" : " is missing");
        }
    }
    for (auto const* one : found.gone) {
        auto const is_missing = [&](row const* each) { return in_order(of, *each, *one) == 0; };
        if (std::ranges::none_of(found.missing, is_missing) && with.find(*one)) {
            fail(*one, " is there and should not be");
        }
    }
}

// Byte for byte: what one database says of a body's length is no proof. What differs in its bytes
// alone is found here, and written.
void copier::compare(table const& of) {
    table_rows source(from_.connection(), of);
    table_rows target(to_.connection(), of);
    two_tables pages(source, target, of, of.has_body ? page_of_bodies : page, true);
    while (pages.next()) {
        differences found;
        side_by_side(of, pages,
                     [&](row const* ours, row const* theirs) { found.note(of, ours, theirs); });
        replace(target, found, source, of);
        require_same(target, found, of);
        steps_.pause();
        if (progress_) {
            progress_(done_);
        }
    }
}

} // namespace

bool is_empty(database::connection& database) {
    return std::ranges::none_of(all_tables(), [&](table const& one) {
        return one.name != "facts" &&
               !table_rows(database, one).after(std::nullopt, 1, false).empty();
    });
}

void use_copy(database::connection& database) {
    if (!is_unused_copy(database)) {
        return;
    }
    database.prepare("DELETE FROM facts WHERE name = ?").text(unused_copy).run();
}

copied copy_all(engine& from, engine& to, copy_way how, copy_progress const& progress) {
    require_own(to, how);
    database::transaction const as_it_was(from.connection(), database::holding::nothing);
    return copier(from, to, how, progress).run();
}

} // namespace trafikito::server::store
