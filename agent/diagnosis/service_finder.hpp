#pragma once
// Which service of this machine starts the agent of an installation, found by the files of the
// service managers. Runs nothing but, once, systemctl.

#include "agent/diagnosis/known.hpp"
#include "agent/diagnosis/unit.hpp"

namespace trafikito::agent::diagnosis {

/// Where one is running or installed, the service whose start names `so_far`'s configuration.
service find_service(known const& so_far);

/// What systemd says of the unit of the service; empty when it does not answer.
unit_facts ask_systemd(known const& so_far);

} // namespace trafikito::agent::diagnosis
