#include "net/link/credentials.hpp"

#include "base/file.hpp"
#include "base/shell_quoting.hpp"
#include "net/link/trust.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509err.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace trafikito::net::link {

namespace {

namespace asio = boost::asio;

struct bio_deleter {
    void operator()(BIO* one) const { ::BIO_free(one); }
};
using bio_pointer = std::unique_ptr<BIO, bio_deleter>;

/// Of `text`, which must live as long.
bio_pointer reader_of(std::string_view text) {
    return bio_pointer(::BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

bool lacks_memory() {
    return ERR_GET_REASON(::ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE ||
           ERR_GET_REASON(::ERR_peek_error()) == ERR_R_MALLOC_FAILURE;
}

void take_memory_problem(pem_file& into) {
    into.exhausted = true;
    into.problem = "cannot be read: " + std::generic_category().message(ENOMEM);
}

/// Certificates and lists of revoked ones alike, as OpenSSL takes them from a file.
void take_apart(pem_file& what) {
    ::ERR_clear_error();
    auto const reader = reader_of(what.text);
    char no_passphrase[] = ""; // else it would be asked for at the terminal
    auto* const all = reader ? ::PEM_X509_INFO_read_bio(reader.get(), nullptr, nullptr,
                                                        static_cast<char*>(no_passphrase))
                             : nullptr;
    if (all == nullptr) {
        if (!reader || lacks_memory()) {
            take_memory_problem(what);
        }
        ::ERR_clear_error();
        return;
    }
    for (int at = 0; at < sk_X509_INFO_num(all); ++at) {
        auto* const one = sk_X509_INFO_value(all, at);
        if (one->x509 != nullptr) {
            what.certificates.emplace_back(std::exchange(one->x509, nullptr));
        }
        if (one->crl != nullptr) {
            what.revoked.emplace_back(std::exchange(one->crl, nullptr));
        }
    }
    sk_X509_INFO_pop_free(all, ::X509_INFO_free);
    ::ERR_clear_error();
}

pem_file read_text(std::string const& file) {
    pem_file what;
    errno = 0;
    auto read = base::read_file(file, max_pem_size);
    int const error = errno;
    what.problem = std::move(read.problem);
    what.text = std::move(read.content).value_or("");
    what.exhausted =
        !what.problem.empty() && (error == EMFILE || error == ENFILE || error == ENOMEM);
    return what;
}

failure unusable(std::string what, std::string hint) {
    failure why;
    why.at = step::handshake;
    why.what = std::move(what);
    why.hint = std::move(hint);
    return why;
}

failure unreadable(std::string const& named, pem_file const& what) {
    constexpr std::string_view by_system = "cannot be read: ";
    auto const problem = std::string_view(what.problem);
    auto said = problem.starts_with(by_system)
                    ? "cannot read " + named + ": " + std::string(problem.substr(by_system.size()))
                    : named + " " + what.problem;
    return unusable(std::move(said),
                    what.exhausted ? "this process has come to a limit of the system (ulimit -n, "
                                     "LimitNOFILE= of a unit, memory): the file is not to blame"
                                   : std::string());
}

/// What people have in place of PEM.
std::string hint_for_other_form(std::string const& file, std::string const& text,
                                std::string const& usual) {
    if (text.find("-----BEGIN ") != std::string::npos &&
        text.find("PRIVATE KEY-----") != std::string::npos) {
        return "it holds a private key; " + usual;
    }
    auto const* bytes = reinterpret_cast<unsigned char const*>(text.data());
    std::unique_ptr<X509, x509_deleter> const der(
        ::d2i_X509(nullptr, &bytes, static_cast<long>(text.size())));
    ::ERR_clear_error();
    if (!der) {
        return usual;
    }
    auto const quoted = base::shell_quoted(file);
    return "it is one in DER form; type: openssl x509 -inform der -in " + quoted + " -out " +
           quoted + ".pem; and name that";
}

void add_to(X509_STORE* store, pem_file const& what) {
    for (auto const& one : what.certificates) {
        ::X509_STORE_add_cert(store, one.get());
    }
    for (auto const& one : what.revoked) {
        ::X509_STORE_add_crl(store, one.get());
    }
}

failure no_system_trust(std::string const& which, pem_file const* file = nullptr) {
    if (file != nullptr && !file->problem.empty()) {
        return unreadable("the system's certificates, " + which, *file);
    }
    return unusable("cannot load the system's certificates" + (which.empty() ? "" : ", " + which),
                    "install the package ca-certificates, or name the one for this API in "
                    "ca_file");
}

/// That nobody is trusted then is said when a certificate is refused for it (explain_certificate).
std::optional<failure> load_system_trust(X509_STORE* store, trust_places const& places) {
    if (auto const wrong = find_unreadable_entry(places); !wrong.empty()) {
        return unusable("the system's certificates: " + wrong, "remove it, or set SSL_CERT_DIR to "
                                                               "another folder");
    }
    auto* const folder = ::X509_STORE_add_lookup(store, ::X509_LOOKUP_hash_dir());
    if (folder == nullptr ||
        (!places.directory.empty() &&
         X509_LOOKUP_add_dir(folder, places.directory.c_str(), X509_FILETYPE_PEM) != 1)) {
        return no_system_trust({});
    }
    for (auto const& file : {find_trust(places).bundle, places.file}) {
        if (!holds_something(file)) {
            continue; // as OpenSSL has it
        }
        auto const what = read_pem_file(file);
        if (!what.problem.empty() || (what.certificates.empty() && file != places.file)) {
            return no_system_trust(file, &what);
        }
        add_to(store, what);
    }
    return std::nullopt;
}

} // namespace

pem_file read_pem_file(std::string const& file) {
    auto what = read_text(file);
    if (what.problem.empty()) {
        take_apart(what);
    }
    return what;
}

std::optional<failure> load_trust(asio::ssl::context& context, tls_settings const& settings) {
    auto const& file = settings.ca_file;
    auto* const store = ::SSL_CTX_get_cert_store(context.native_handle());
    if (file.empty()) {
        return load_system_trust(store, settings.system);
    }
    auto const what = read_pem_file(file);
    if (!what.problem.empty()) {
        return unreadable("ca_file " + file, what);
    }
    if (what.certificates.empty()) {
        return unusable("ca_file " + file + " holds no certificate",
                        hint_for_other_form(
                            file, what.text,
                            "it must hold one or more in PEM form (-----BEGIN CERTIFICATE-----)"));
    }
    add_to(store, what);
    // Each of them is an anchor, not the self-signed ones alone: also an intermediate one that a
    // server does not send, or the server's own.
    ::X509_VERIFY_PARAM_set_flags(::SSL_CTX_get0_param(context.native_handle()),
                                  X509_V_FLAG_PARTIAL_CHAIN);
    return std::nullopt;
}

std::optional<failure> load_identity(asio::ssl::context& context, tls_settings const& settings) {
    auto const& file = settings.client_cert;
    auto const certificate = read_text(file);
    auto const key = read_text(settings.client_key);
    if (!certificate.problem.empty()) {
        return unreadable("client_cert " + file, certificate);
    }
    if (!key.problem.empty()) {
        return unreadable("client_key " + settings.client_key, key);
    }
    boost::system::error_code error;
    // Without it OpenSSL would ask for a passphrase at the terminal.
    context.set_password_callback(
        [](std::size_t, asio::ssl::context::password_purpose) { return std::string(); }, error);
    context.use_certificate_chain(asio::buffer(certificate.text), error);
    if (error) {
        return unusable(
            "client_cert " + file + " holds no certificate",
            hint_for_other_form(file, certificate.text,
                                "it must hold one in PEM form (-----BEGIN CERTIFICATE-----)"));
    }
    context.use_private_key(asio::buffer(key.text), asio::ssl::context::pem, error);
    auto const reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
    if (error && reason == X509_R_KEY_VALUES_MISMATCH) {
        return unusable("client_key " + settings.client_key + " is not the key of " + file,
                        "client_cert and client_key must belong together");
    }
    if (error) {
        return unusable("client_key " + settings.client_key + " holds no usable key",
                        "it must hold one in PEM form, without a passphrase");
    }
    return std::nullopt;
}

} // namespace trafikito::net::link
