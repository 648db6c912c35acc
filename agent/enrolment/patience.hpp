#pragma once
// An enrolment that nobody watches: it waits for an API that is away.

#include "agent/enrolment/enrolment.hpp"
#include "agent/enrolment/interruptible.hpp"

#include <boost/asio/awaitable.hpp>

namespace trafikito::agent::enrolment {

/// Enrols, and again after waits of random length that grow to two minutes, or as long as the API
/// asks for, as often as no answer says no, or the disk does not take it. `failed` is told why each
/// time. Throws the refusal of an API that would refuse the next one, too.
boost::asio::awaitable<made_installation>
enrol_patiently(plan const& what, files& prepared, surroundings around, audience to, tell failed);

} // namespace trafikito::agent::enrolment
