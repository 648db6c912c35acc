#pragma once
// Whether this is a sanitizer's build. Memory is not what it is elsewhere then: AddressSanitizer
// holds back what was freed, and its shadow grows with what is touched. A bound on memory is
// multiplied there, and still tells "constant" from "all of it".

namespace trafikito::test {

#if defined(__has_feature)
#define TRAFIKITO_CLANG_SANITIZED                                                                  \
    (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define TRAFIKITO_CLANG_SANITIZED 0
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || TRAFIKITO_CLANG_SANITIZED
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

/// How much more memory a constant amount is there.
inline constexpr int memory_factor = sanitized ? 16 : 1;

} // namespace trafikito::test
