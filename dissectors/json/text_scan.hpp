// The inner loops of looking through JSON text, sixteen bytes at a time where the machine can.
#pragma once

#include <bit>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace overhear {

// The first byte in [p, end) that a reader of a JSON string must look at: quote, backslash, control character, DEL or
// any byte beyond ASCII; `end` if there is none.
inline const char* find_special_in_string(const char* p, const char* end) {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i space = _mm_set1_epi8(0x20);
  const __m128i del = _mm_set1_epi8(0x7F);
  while (end - p >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    // As signed bytes everything beyond ASCII is negative, so one comparison finds both it and the controls.
    const __m128i low = _mm_cmplt_epi8(block, space);
    const __m128i hit = _mm_or_si128(_mm_or_si128(low, _mm_cmpeq_epi8(block, del)),
                                     _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash)));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hit));
    if (mask != 0) return p + std::countr_zero(mask);
    p += 16;
  }
#endif
  for (; p != end; ++p) {
    const auto c = static_cast<unsigned char>(*p);
    if (c < 0x20 || c >= 0x7F || c == '"' || c == '\\') break;
  }
  return p;
}

// The first quote or backslash in [p, end); `end` if there is none.
inline const char* find_quote_or_backslash(const char* p, const char* end) {
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  while (end - p >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hit));
    if (mask != 0) return p + std::countr_zero(mask);
    p += 16;
  }
#endif
  while (p != end && *p != '"' && *p != '\\') ++p;
  return p;
}

// Copies [p, end) up to its first backslash, which is the result (or `end`), and moves `to` behind the copy.
// REQUIRES: room for all of [p, end), of which more may be written to than the copy takes.
inline const char* copy_to_backslash(const char* p, const char* end, char*& to) {
#ifdef __SSE2__
  const __m128i backslash = _mm_set1_epi8('\\');
  while (end - p >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), block);
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, backslash)));
    const int copied = mask == 0 ? 16 : std::countr_zero(mask);
    p += copied;
    to += copied;
    if (mask != 0) return p;
  }
  if (end - p >= 8) {
    const __m128i block = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(to), block);
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, backslash)));
    const int copied = mask == 0 ? 8 : std::countr_zero(mask);
    p += copied;
    to += copied;
    if (mask != 0) return p;
  }
#endif
  while (p != end && *p != '\\') *to++ = *p++;
  return p;
}

}  // namespace overhear
