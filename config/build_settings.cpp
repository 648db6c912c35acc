#include "config/build_settings.hpp"

#include "base/ascii.hpp"
#include "base/log_output.hpp"
#include "config/key.hpp"
#include "config/layout.hpp"
#include "config/odd_text.hpp"
#include "config/secrets.hpp"
#include "config/settings_reader.hpp"
#include "config/url.hpp"
#include "config/value.hpp"
#include "config/written_values.hpp"

#include <algorithm>
#include <utility>

namespace trafikito::config {
namespace {

using std::chrono::milliseconds;
using severity = diagnostic::severity;

bool comes_from_file(written_values const& written) {
    auto const* const key = written.find(key_id::api_key);
    auto const* const file = written.find(key_id::api_key_file);
    return file != nullptr && (key == nullptr || file->from > key->from);
}

/// Systemd's credential is given by who made the unit, as the environment is, and beats what stands
/// in files; the environment's own variables are more definite.
bool comes_from_credential(settings_sources const& sources, written_values const& written) {
    auto const of_environment = [&](key_id id) {
        auto const* const value = written.find(id);
        return value != nullptr && value->from == layer::environment;
    };
    return !sources.credential.empty() && !of_environment(key_id::api_key) &&
           !of_environment(key_id::api_key_file);
}

layout written_layout(settings_reader& reader, std::filesystem::path const& config_file) {
    auto const found = layout_of(config_file);
    auto base = found.base_dir;
    reader.read_path(key_id::base_dir, base, base);
    // `/opt/trafikito/` and `/opt/trafikito` are the same folder and shall look the same.
    if (!base.has_filename() && base.has_relative_path()) {
        base = base.parent_path();
    }
    return base == found.base_dir ? found : layout_below(base);
}

class builder {
public:
    builder(settings_sources const& sources, std::vector<diagnostic>& diagnostics)
        : sources_(sources), diagnostics_(diagnostics), written_(sources, diagnostics),
          reader_(written_, diagnostics) {}

    [[nodiscard]] std::vector<environment_value> of_environment() const {
        std::vector<environment_value> all;
        for (auto const& one : keys()) {
            auto const* const value = written_.find(one.id);
            if (value != nullptr &&
                (value->from == layer::inherited || value->from == layer::environment)) {
                all.push_back({one.name, value->file});
            }
        }
        return all;
    }

    settings build() && {
        read_paths();
        out_.environment_commands = read_environment_commands(sources_.environment, diagnostics_);
        read_identity();
        read_addresses();
        read_tunables();
        check_times();
        check_rest();
        return std::move(out_);
    }

private:
    void complain(key_id id, severity level, std::string what, std::string hint) {
        reader_.complain(id, level, std::move(what), std::move(hint), sources_.config_file);
    }

    void read_paths() {
        out_.config_file = sources_.config_file;
        out_.dynamic_file = dynamic_file_of(sources_.config_file);
        auto const places = written_layout(reader_, sources_.config_file);
        auto const& base = out_.base_dir = places.base_dir;
        out_.available_commands = places.available_commands;
        reader_.read_path(key_id::available_commands, base, out_.available_commands);
        out_.var_dir = places.var_dir;
        reader_.read_path(key_id::var_dir, base, out_.var_dir);
        out_.tmp_file = usual_tmp_file(out_.var_dir);
        reader_.read_path(key_id::tmp_file, base, out_.tmp_file);
        reader_.read_path(key_id::log_file, base, out_.log_file);
        if (out_.log_file == base / base::log_to_stdout) {
            out_.log_file = base::log_to_stdout;
        }
        reader_.read_path(key_id::ca_file, base, out_.ca_file);
        reader_.read_path(key_id::client_cert, base, out_.client_cert);
        reader_.read_path(key_id::client_key, base, out_.client_key);
        reader_.read_path(key_id::metrics_file, base, out_.metrics_file);
    }

    void read_identity() {
        reader_.read(key_id::server_id, out_.who.server_id);
        if (!reader_.is_set(key_id::server_id)) {
            complain(
                key_id::server_id, severity::error,
                "server_id is missing: the API would not know which server this is",
                "Enroll this machine with `trafikito-agent enroll`, or set TRAFIKITO_SERVER_ID.");
        }
        read_key();
        check_identity();
    }

    void read_key() {
        auto const* const key = written_.find(key_id::api_key);
        auto const* const file = written_.find(key_id::api_key_file);
        if (comes_from_credential(sources_, written_)) {
            out_.api_key_file = sources_.credential;
            out_.api_key_file_of_environment = true;
            read_key_of_file("the credential ");
            return;
        }
        if (comes_from_file(written_)) {
            reader_.read_path(key_id::api_key_file, out_.base_dir, out_.api_key_file);
            out_.api_key_file_of_environment = file->from == layer::environment;
            if (!file->broken) {
                read_key_of_file("api_key_file ");
            }
        } else {
            reader_.read(key_id::api_key, out_.who.api_key);
        }
        if (key != nullptr && file != nullptr && key->from == file->from) {
            complain(key_id::api_key_file, severity::error,
                     "api_key and api_key_file are both set; only one of them can hold",
                     "Remove one of the two.");
        } else if (key == nullptr && file == nullptr) {
            complain(
                key_id::api_key, severity::error,
                "api_key is missing: the API would not let this server in",
                "Enroll this machine with `trafikito-agent enroll`, or set TRAFIKITO_API_KEY or "
                "TRAFIKITO_API_KEY_FILE.");
        }
    }

    void read_key_of_file(std::string const& kind) {
        if (out_.api_key_file.empty()) {
            return;
        }
        auto const name = kind + in_quotes(out_.api_key_file.string()) + ' ';
        if (!sources_.api_key_file_content) {
            // What is no regular file is no matter of who asks.
            if (!sources_.key_may_be_unreadable ||
                sources_.api_key_file_problem.starts_with("is ")) {
                complain_of_key(name + sources_.api_key_file_problem, hint_for_unread_key());
            }
            return;
        }
        std::string_view text = *sources_.api_key_file_content;
        while (text.ends_with('\n') || text.ends_with('\r')) {
            text.remove_suffix(1);
        }
        if (is_utf16(text)) {
            complain_of_key(name + "is in UTF-16, as some editors of Windows write it",
                            mend_of_utf16(out_.api_key_file.string()));
            return;
        }
        if (names_key(text)) {
            complain_of_key(name + "holds a line of a configuration, with the name of the key",
                            "It must hold nothing but the key: remove the name and the =.");
            return;
        }
        if (auto const problem = token_problem(text); !problem.empty()) {
            complain_of_key(name + problem, "It must hold nothing but the key, on one line.");
            return;
        }
        out_.who.api_key = base::secret(std::string(text));
    }

    /// `API_KEY=…`, `export api_key = …` in a file that is to hold the key alone.
    static bool names_key(std::string_view text) {
        constexpr std::string_view word = "export ";
        text = base::trim(text.substr(text.starts_with(word) ? word.size() : 0));
        auto const equals = std::min(text.find('='), text.size());
        auto const* const named = find_key(base::trim(text.substr(0, equals)));
        return equals < text.size() && named != nullptr && named->id == key_id::api_key;
    }

    [[nodiscard]] std::string hint_for_unread_key() const {
        auto const* const written = written_.find(key_id::api_key_file);
        if (written != nullptr && looks_like_key(written->value)) {
            return "That looks like the key itself: api_key = takes it, and api_key_file the path "
                   "of a file.";
        }
        bool const no_file = sources_.api_key_file_problem.starts_with("is ");
        return no_file ? "Name a regular file with nothing but the key in it."
                       : "The agent's user must be able to read a file with nothing but the key "
                         "in it.";
    }

    /// The two of them stand in each other's place, or one of them twice.
    void check_identity() {
        auto const& key = out_.who.api_key.reveal();
        constexpr std::string_view token = "enroll-";
        if (key.starts_with(token)) {
            complain(key_id::api_key, severity::warning,
                     "api_key begins with enroll-, as a token does with which a machine is "
                     "enrolled once: no API takes it for a key",
                     "Enroll this machine with `trafikito-agent enroll`, which gets its key.");
        } else if (holds_key_as_server_id(sources_)) {
            complain(key_id::server_id, severity::warning,
                     looks_like_name(key) ? "server_id looks like an API key, and api_key like a "
                                            "server_id: they stand in each other's place"
                                          : "server_id looks like an API key, which is not shown "
                                            "here; the API would not know which server this is",
                     "Write each where it belongs, as `trafikito-agent enroll` does.");
        }
    }

    void complain_of_key(std::string what, std::string hint) {
        if (out_.api_key_file == sources_.credential) {
            diagnostics_.push_back({severity::error, std::string(credentials_variable), 0, 0,
                                    std::move(what), std::move(hint)});
        } else {
            complain(key_id::api_key_file, severity::error, std::move(what), std::move(hint));
        }
    }

    void read_addresses() {
        reader_.read(key_id::url_get_config, out_.url_get_config);
        reader_.read(key_id::url_output, out_.url_output);
        out_.api_url =
            parse_url_list(describe(key_id::api_url).default_value).value.value_or(out_.api_url);
        reader_.read(key_id::api_url, out_.api_url);

        bool const get = reader_.is_set(key_id::url_get_config);
        bool const output = reader_.is_set(key_id::url_output);
        bool const base = reader_.is_set(key_id::api_url);
        out_.version = get && output && !base ? api_version::v1 : api_version::v2;
        reader_.read(key_id::api_version, out_.version);

        // One v1 address alone is no choice of v2: its API key must not go to the default edges.
        bool const half = get != output && !base && !reader_.is_set(key_id::api_version);
        if ((out_.version == api_version::v1 && !(get && output)) || half) {
            complain_of_v1(get ? key_id::url_output : key_id::url_get_config);
            if (!get && !output) {
                complain_of_v1(key_id::url_output);
            }
        }
    }

    void complain_of_v1(key_id missing) {
        complain(missing, severity::error,
                 std::string(describe(missing).name) +
                     " is missing: version 1 of the API needs url_get_config and url_output",
                 "Set it, or set api_url and api_version = 2.");
    }

    void read_tunables() {
        reader_.read(key_id::random_number, out_.random_number);
        reader_.read(key_id::run_as, out_.run_as);
        read_strict_modes();
        reader_.read(key_id::interval, out_.interval);
        reader_.read(key_id::command_timeout, out_.command_timeout);
        reader_.read(key_id::cycle_timeout, out_.cycle_timeout);
        reader_.read(key_id::kill_grace, out_.kill_grace);
        reader_.read(key_id::command_env, out_.command_env);
        reader_.read(key_id::max_parallel, out_.max_parallel);
        reader_.read(key_id::max_output, out_.max_output);
        reader_.read(key_id::max_report, out_.max_report);
        reader_.read(key_id::request_timeout, out_.request_timeout);
        reader_.read(key_id::retries, out_.retries);
        reader_.read(key_id::pin, out_.pin);
        reader_.read(key_id::proxy, out_.proxy);
        reader_.read(key_id::no_proxy, out_.no_proxy);
        reader_.read(key_id::spool_max_size, out_.spool_max_size);
        reader_.read(key_id::spool_max_age, out_.spool_max_age);
        reader_.read(key_id::allow_widgets, out_.allow_widgets);
        reader_.read(key_id::log_level, out_.level);
        reader_.read(key_id::log_format, out_.format);
    }

    void read_strict_modes() {
        reader_.read(key_id::strict_modes, out_.strict_modes);
        auto const* const written = written_.find(key_id::strict_modes);
        out_.strict_modes_of_environment =
            written != nullptr && written->from == layer::environment;
    }

    /// command_timeout <= cycle_timeout < interval. A default gives way without a word to what was
    /// set: who says `interval = 5s` need not know the others. What was set and does not fit is a
    /// warning.
    void check_times() {
        if (!reader_.is_set(key_id::cycle_timeout)) {
            out_.cycle_timeout = std::min(out_.cycle_timeout, share_of(out_.interval));
        } else if (out_.cycle_timeout >= out_.interval) {
            complain(key_id::cycle_timeout, severity::warning,
                     "cycle_timeout (" + format_duration(out_.cycle_timeout) +
                         ") is not below interval (" + format_duration(out_.interval) +
                         "): a cycle that takes so long makes the next one be skipped",
                     "Lower cycle_timeout or raise interval.");
        }
        if (!reader_.is_set(key_id::command_timeout)) {
            out_.command_timeout = std::min(out_.command_timeout, out_.cycle_timeout);
        } else if (out_.command_timeout > out_.cycle_timeout) {
            complain(key_id::command_timeout, severity::warning,
                     "command_timeout (" + format_duration(out_.command_timeout) +
                         ") is above cycle_timeout (" + format_duration(out_.cycle_timeout) +
                         "): the cycle ends before such a command does",
                     "Lower command_timeout, or raise cycle_timeout and interval.");
        }
    }

    /// As much of an interval as 50 s are of 60 s, in whole seconds from one second on: the rest is
    /// for the two requests.
    static milliseconds share_of(milliseconds interval) {
        auto const share = interval * 5 / 6;
        auto const whole = std::chrono::floor<std::chrono::seconds>(share);
        return whole.count() > 0 ? milliseconds(whole) : share;
    }

    void check_rest() {
        if (reader_.is_set(key_id::max_output) && out_.max_output > out_.max_report) {
            complain(key_id::max_output, severity::warning,
                     "max_output (" + format_size(out_.max_output) + ") is above max_report (" +
                         format_size(out_.max_report) +
                         "): such an output does not fit in a report",
                     "Lower max_output or raise max_report.");
        }
        if (!out_.metrics_file.empty() && out_.metrics_file.extension() != ".prom") {
            complain(key_id::metrics_file, severity::warning,
                     "metrics_file (" + out_.metrics_file.string() +
                         ") does not end in .prom: node_exporter's textfile collector reads no "
                         "other file",
                     "Call it " + out_.metrics_file.filename().stem().string() + ".prom.");
        }
        bool const cert = reader_.is_set(key_id::client_cert);
        if (cert != reader_.is_set(key_id::client_key)) {
            complain(cert ? key_id::client_cert : key_id::client_key, severity::error,
                     std::string(cert ? "client_key" : "client_cert") +
                         " is missing: a client certificate needs both client_cert and client_key",
                     "Set both (to the same file if it holds both), or none.");
        }
    }

    settings_sources const& sources_;
    std::vector<diagnostic>& diagnostics_;
    written_values written_;
    settings_reader reader_;
    settings out_;
};

} // namespace

built_settings build_settings(settings_sources const& sources) {
    built_settings built;
    builder from(sources, built.diagnostics);
    built.of_environment = from.of_environment();
    built.settings = std::move(from).build();
    return built;
}

std::optional<std::filesystem::path> api_key_file_of(settings_sources const& sources) {
    std::vector<diagnostic> ignored; // build_settings reports the same ones
    written_values const written(sources, ignored);
    settings_reader reader(written, ignored);
    std::filesystem::path file;
    if (comes_from_credential(sources, written)) {
        file = sources.credential;
    } else if (comes_from_file(written)) {
        auto const base = written_layout(reader, sources.config_file).base_dir;
        reader.read_path(key_id::api_key_file, base, file);
    }
    return file.empty() ? std::nullopt : std::optional(file);
}

} // namespace trafikito::config
