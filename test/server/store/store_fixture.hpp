#pragma once
// A database of the test's own, of whichever engine the case is about, whose clock stands where the
// test puts it: the time since the start of the machine goes with it.

#include "server/store/engine.hpp"
#include "server/store/store.hpp"
#include "test/support/temporary_directory.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <filesystem>
#include <iosfwd>
#include <memory>
#include <string>

namespace trafikito::test {

enum class engine_kind { sqlite, postgres };
std::ostream& operator<<(std::ostream& out, engine_kind engine);

inline constexpr std::array each_engine{engine_kind::sqlite, engine_kind::postgres};

/// What the fixtures that are made from now on are about.
class engine_of_case {
public:
    struct none {};

    explicit engine_of_case(engine_kind engine);
    ~engine_of_case();
    engine_of_case(engine_of_case const&) = delete;
    engine_of_case& operator=(engine_of_case const&) = delete;

    /// False, with a word in the log, where there is no such engine on this machine.
    [[nodiscard]] bool is_here() const;

private:
    engine_kind engine_;
};

/// For suites that need one: where there is no PostgreSQL on this machine, they are left out, and
/// say so.
struct with_postgres {
    boost::test_tools::assertion_result operator()(boost::unit_test::test_unit_id unit) const;
};

struct store_place {
    store_place();

    engine_kind engine;
    temporary_directory directory;
    std::filesystem::path file = directory.path() / "trafikito.db";
    std::string where; ///< that file, or the address of a database in PostgreSQL

    [[nodiscard]] std::unique_ptr<server::store::engine>
    open_engine(server::store::access wanted) const;
    /// By another connection than the store's.
    void run_raw(std::string const& script) const;
    /// A number.
    [[nodiscard]] std::int64_t ask_raw(std::string_view sql) const;
    [[nodiscard]] std::unique_ptr<server::database::connection>
    connect_raw(server::store::access wanted = server::store::access::read_write) const;
};

struct store_fixture : store_place {
    base::wall_time now{std::chrono::seconds(1'800'000'000)};

    server::store::store open(server::store::access wanted = server::store::access::read_write,
                              std::chrono::seconds keep = std::chrono::hours(24)) {
        return {open_engine(wanted),
                wanted,
                [this] { return now; },
                {.keep = keep},
                [this] {
                    return std::chrono::duration_cast<std::chrono::milliseconds>(
                        now.time_since_epoch());
                }};
    }
};

} // namespace trafikito::test

/// A case of the suite that runs on each engine, with the fixture `fixture`.
#define TRAFIKITO_STORE_TEST_CASE(name)                                                            \
    struct name##_on_each : fixture {                                                              \
        void run();                                                                                \
    };                                                                                             \
    BOOST_DATA_TEST_CASE_F(trafikito::test::engine_of_case::none, name,                            \
                           trafikito::test::each_engine, on) {                                     \
        trafikito::test::engine_of_case const about(on);                                           \
        if (about.is_here()) {                                                                     \
            name##_on_each().run();                                                                \
        }                                                                                          \
    }                                                                                              \
    void name##_on_each::run()
