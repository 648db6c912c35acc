#pragma once

/// What most tests include: an accelerator like cmake/precompiled.hpp.

#include "cmake/precompiled.hpp"

#include <boost/test/unit_test.hpp>
