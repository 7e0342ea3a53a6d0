#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/scan/column_cache.h"
#include "core/scan/column_codec.h"
#include "core/scan/json_decoder.h"
#include "core/scan/json_walk.h"
#include "core/scan/record_reader.h"

namespace owlet::scan {

/// Makes columns of the tokens that schema inference meets and brings them into the column cache,
/// block by block: a column for each member of the records. One a thread.
class JsonRecorder {
 public:
  /// Records with more members are not kept.
  static constexpr std::size_t kMostMembers = 128;

  /// The cache and the form must outlive it.
  JsonRecorder(ColumnCache& cache, const std::string& form, std::uint64_t scan);

  /// Members have the slots 0, 1 ... in the order in which they are added; false: there are too
  /// many, and nothing more is kept.
  bool AddMember(const std::string& name);

  /// A block begins; its tokens refer to `text`.
  void Begin(std::string_view text);
  /// Where the next `tokens` go,
  [[nodiscard]] JsonToken* Room(std::size_t tokens);
  /// and how many rows of how many slots there are of them.
  void Take(std::size_t rows, std::size_t slots);
  /// The block is none that can be kept.
  void Reject() { good_ = false; }
  /// Keeps what was taken since Begin as the columns of this block.
  void Keep(const InputFile& file, const LineBlock& block);

 private:
  struct Run {  // rows with the same number of slots
    std::size_t first = 0;
    std::size_t rows = 0;
    std::size_t slots = 0;
  };
  /// What follows the slots of members, nested values, has no name and is not kept.
  struct Member {
    std::string name;
    ColumnEncoder encoder;
  };

  template <class Use>
  void EachToken(std::size_t slot, Use use) const;
  [[nodiscard]] bool FillStrings(std::size_t slot);
  void FillIntegers(std::size_t slot, ColumnData& column);
  [[nodiscard]] const ColumnData* Fill(std::size_t slot, ColumnKind kind);

  ColumnCache& cache_;
  const std::string& form_;
  const std::uint64_t scan_;
  JsonDecoder texts_;  // of one string
  std::vector<Member> members_;
  std::vector<JsonToken> tokens_;
  std::vector<Run> runs_;
  std::vector<KindSet> seen_;  // by slot
  std::size_t used_ = 0;       // of the tokens
  std::size_t rows_ = 0;
  std::string_view text_;
  bool good_ = false;
  bool full_ = false;
  ColumnData booleans_, integers_, strings_, unescaped_;
  StringArena arena_;  // of strings that are not as they stand in the text
};

}  // namespace owlet::scan
