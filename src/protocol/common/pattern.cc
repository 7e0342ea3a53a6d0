#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <map>
#include <memory>

#include "base/mutex.h"
#include "protocol/common/validation.h"

namespace owlet::protocol {
namespace {

struct FreeCode {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
};
struct FreeMatch {
  void operator()(pcre2_match_data* match) const { pcre2_match_data_free(match); }
};
using Code = std::unique_ptr<pcre2_code, FreeCode>;

Code Compile(std::string_view pattern) {
  int error = 0;
  PCRE2_SIZE at = 0;
  Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                          PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_MATCH_INVALID_UTF,
                          &error, &at, nullptr));
  if (code) pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);
  return code;
}

// The compiled patterns, by the address of their text, which is constant. Filled on need, as a
// service has hundreds and a server asks for a few.
class PatternCache {
 public:
  const pcre2_code* Find(std::string_view pattern) {
    const MutexLock lock(mutex_);
    auto [found, is_new] = codes_.try_emplace(pattern.data());
    if (is_new) found->second = Compile(pattern);
    return found->second.get();
  }

 private:
  Mutex mutex_;
  std::map<const char*, Code> codes_ GUARDED_BY(mutex_);
};

}  // namespace

bool IsUsablePattern(std::string_view pcre_pattern) { return Compile(pcre_pattern) != nullptr; }

bool MatchesPattern(std::string_view pcre_pattern, std::string_view text) {
  static PatternCache cache;
  const pcre2_code* code = cache.Find(pcre_pattern);
  if (code == nullptr) return true;
  const std::unique_ptr<pcre2_match_data, FreeMatch> match(
      pcre2_match_data_create_from_pattern(code, nullptr));
  // An error of the match (its step limit) is no proof that the value is wrong.
  return pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0,
                     match.get(), nullptr) != PCRE2_ERROR_NOMATCH;
}

}  // namespace owlet::protocol
