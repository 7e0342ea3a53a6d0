#include "core/scan/json_columns.h"

namespace owlet::scan {

ColumnKind PlainKindOf(KindSet seen) {
  constexpr KindSet kNothing = KindBit(TokenKind::kMissing) | KindBit(TokenKind::kNull);
  seen &= ~kNothing;
  if (seen == 0) return ColumnKind::kNulls;
  const auto only = [seen](KindSet kinds) { return (seen & ~kinds) == 0; };
  if (only(KindBit(TokenKind::kFalse) | KindBit(TokenKind::kTrue))) return ColumnKind::kBoolean;
  if (only(KindBit(TokenKind::kInteger))) return ColumnKind::kInteger;
  if (only(KindBit(TokenKind::kEmpty) | KindBit(TokenKind::kString) |
           KindBit(TokenKind::kEscaped))) {
    return ColumnKind::kString;
  }
  return ColumnKind::kOther;
}

ColumnKind PlainKindOf(plan::TypeId type) {
  switch (type) {
    case plan::TypeId::kBoolean:
      return ColumnKind::kBoolean;
    case plan::TypeId::kBigint:
      return ColumnKind::kInteger;
    case plan::TypeId::kVarchar:
      return ColumnKind::kString;
    default:
      return ColumnKind::kOther;
  }
}

}  // namespace owlet::scan
