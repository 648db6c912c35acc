// Who enrols with a token (store/enrolment.hpp): told apart from who has the user_api_key, and told
// why not in words that an installer shows.
#include "server/api/service.hpp"

namespace trafikito::server::api {

namespace {

namespace asio = boost::asio;

constexpr std::string_view make_another =
    "make another one on the server with `trafikito-server enroll-command`";

struct refusal {
    unsigned status;
    std::string_view code;
    std::string message;
};

refusal refusal_of(store::enrolment_outcome why) {
    using enum store::enrolment_outcome;
    auto const another = std::string(make_another);
    switch (why) {
    case expired:
        return {403, "#token_expired", "the time of this enrolment token has ended: " + another};
    case not_yet:
        return {
            403, "#token_expired",
            "this enrolment token was made later than it is now by the server's clock: set that "
            "clock, or " +
                another};
    case used_up:
        return {403, "#token_used_up",
                "this enrolment token has enrolled all the machines that it may: " + another +
                    ", with --machines for several"};
    case revoked:
        return {403, "#token_revoked", "this enrolment token was revoked: " + another};
    case too_many:
        return {403, "#token_too_many_begun",
                "too many machines were enrolled with this token and have not reported yet: start "
                "their agents, remove them with `trafikito-server servers remove`, or " +
                    another};
    case other_server:
        return {403, "#token_other_server",
                "this enrolment token may send no commands for that server: it did not enrol it, "
                "or the machine reports already"};
    default:
        return {401, "#token_unknown",
                "this enrolment token is not known here: take the whole line that was printed by "
                "this server, or " +
                    another};
    }
}

} // namespace

asio::awaitable<service::enroller>
service::enroller_of(request_ptr from, std::string_view workspace_id, std::string_view key) {
    enroller who;
    if (is_user(workspace_id, key)) {
        co_return who;
    }
    if (!security::is_token(key) || workspace_id != settings_.workspace_id) {
        who.refusal =
            refuse(*from, 401, "#wrong_user_key", "WORKSPACE_ID_OR_USER_API_KEY_IS_WRONG");
        co_return who;
    }
    // Looked up by its SHA-256: how long that takes says nothing about the token.
    who.token = security::sha256(key);
    co_await roster_.freshen();
    if (!roster_.knows_token(*who.token)) {
        who.refusal = refuse_token(*from, store::enrolment_outcome::unknown);
    }
    co_return who;
}

http::response service::refuse_token(http::request const& from, store::enrolment_outcome why) {
    auto const [status, code, message] = refusal_of(why);
    return refuse(from, status, code, message);
}

} // namespace trafikito::server::api
