#pragma once
// CLI11's names for headers that speak of them and do not need all of it.

// NOLINTBEGIN(readability-identifier-naming): they are as CLI11 has them
namespace CLI {
class App;
class ParseError;
} // namespace CLI
// NOLINTEND(readability-identifier-naming)
