#include "core/sql/statements.h"

// ALTER TABLE of Hive (as Athena takes it) and Spark.

namespace owlet::sql {
namespace {

using Action = decltype(AlterTable::action);

Result<ColumnPlace> Place(Grammar& g) {
  ColumnPlace place;
  if (g.tokens.Accept("FIRST")) {
    place.first = true;
  } else if (g.tokens.Accept("AFTER")) {
    OWLET_TRY(place.after, g.Identifier());
  }
  return place;
}

Result<Action> Add(Grammar& g) {
  TokenStream& t = g.tokens;
  OWLET_TRY(const bool if_not_exists, IfNotExists(g));
  if (t.At("PARTITION")) {
    AddPartitions add{.if_not_exists = if_not_exists};
    while (t.Accept("PARTITION")) {
      AddPartitions::Item item;
      OWLET_TRY(item.spec, PartitionTerms(g));
      if (t.Accept("LOCATION")) {
        OWLET_TRY(item.location, g.String());
      }
      add.partitions.push_back(std::move(item));
      if (t.spark()) t.Accept(",");
    }
    return Action(std::move(add));
  }
  AddColumns add{.if_not_exists = if_not_exists};
  if (!t.Accept("COLUMNS") && !(t.spark() && t.Accept("COLUMN"))) return t.Unexpected();
  const bool list = t.Accept("(");
  if (!list && !t.spark()) return t.UnexpectedBut("(");
  do {
    AddColumns::Item item;
    while (t.spark() && g.AtIdentifier() && t.Is(".", 1)) {
      OWLET_TRY(std::string part, g.Identifier());
      item.path.push_back(std::move(part));
      t.Next();
    }
    OWLET_TRY(item.column, Column(g));
    item.path.push_back(item.column.name);
    if (t.spark()) {
      OWLET_TRY(item.place, Place(g));
      if (t.Accept("COMMENT")) {
        OWLET_TRY(item.column.comment, g.String());
      }
    }
    add.columns.push_back(std::move(item));
  } while (t.Accept(","));
  if (list) OWLET_CHECK_OK(t.Expect(")"));
  return Action(std::move(add));
}

Result<Action> Drop(Grammar& g) {
  TokenStream& t = g.tokens;
  OWLET_TRY(const bool if_exists, IfExists(g));
  if (t.At("PARTITION")) {
    DropPartitions drop{.if_exists = if_exists};
    while (t.Accept("PARTITION")) {
      OWLET_TRY(PartitionSpec spec, PartitionTerms(g));
      drop.partitions.push_back(std::move(spec));
      t.Accept(",");
    }
    drop.purge = t.Accept("PURGE");
    return Action(std::move(drop));
  }
  DropColumns drop{.if_exists = if_exists};
  if (!t.Accept("COLUMN") && !(t.spark() && t.Accept("COLUMNS"))) return t.Unexpected();
  if (t.spark()) {
    OWLET_TRY(const bool exists, IfExists(g));
    drop.if_exists = exists || if_exists;
  }
  const bool list = t.spark() && t.Accept("(");
  do {
    OWLET_TRY(Name name, g.QualifiedName());
    drop.columns.push_back(std::move(name));
  } while (t.spark() && t.Accept(","));
  if (list) OWLET_CHECK_OK(t.Expect(")"));
  return Action(std::move(drop));
}

/// Hive: CHANGE [COLUMN] old new type [COMMENT '..'] [FIRST | AFTER c].
Result<Action> Change(Grammar& g) {
  TokenStream& t = g.tokens;
  if (!(t.Is("COLUMN") && t.Is("COLUMN", 0) && !g.AtIdentifier(1))) t.Accept("COLUMN");
  ChangeColumn change;
  OWLET_TRY(change.column, g.QualifiedName());
  OWLET_TRY(ColumnDefinition column, Column(g));
  change.new_name = column.name;
  change.type = column.type;
  change.type_text = column.type_text;
  change.comment = column.comment;
  if (t.IsAny({"FIRST", "AFTER"})) {
    OWLET_TRY(change.place, Place(g));
  }
  return Action(std::move(change));
}

/// Spark: ALTER [COLUMN] c {TYPE t | COMMENT s | SET NOT NULL | DROP NOT NULL | FIRST | AFTER d |
/// SET DEFAULT e | DROP DEFAULT}.
Result<Action> AlterColumn(Grammar& g) {
  TokenStream& t = g.tokens;
  t.Accept("COLUMN");
  ChangeColumn change;
  OWLET_TRY(change.column, g.QualifiedName());
  if (t.Accept("TYPE")) {
    const std::size_t start = t.position();
    OWLET_TRY(change.type, g.TypeName());
    change.type_text = t.TextFrom(start);
  } else if (t.Accept("COMMENT")) {
    OWLET_TRY(change.comment, g.String());
  } else if (t.AcceptWords("SET NOT NULL")) {
    change.nullable = false;
  } else if (t.AcceptWords("DROP NOT NULL")) {
    change.nullable = true;
  } else if (t.AcceptWords("SET DEFAULT")) {
    const std::size_t value = t.position();
    OWLET_TRY(change.default_value, g.Expression());
    change.default_text = t.TextFrom(value);
  } else if (t.AcceptWords("DROP DEFAULT")) {
    change.drop_default = true;
  } else if (t.IsAny({"FIRST", "AFTER"})) {
    OWLET_TRY(change.place, Place(g));
  } else {
    return t.Unexpected();
  }
  return Action(std::move(change));
}

Result<Action> Set(Grammar& g, PartitionSpec partition) {
  TokenStream& t = g.tokens;
  if (t.Accept("LOCATION")) {
    SetLocation set{.partition = std::move(partition)};
    OWLET_TRY(set.location, g.String());
    return Action(std::move(set));
  }
  if (t.Accept("TBLPROPERTIES")) {
    OWLET_TRY(Properties properties, PropertyList(g));
    return Action(SetTableProperties{std::move(properties)});
  }
  SetSerde set{.partition = std::move(partition)};
  if (t.Accept("SERDE")) {
    OWLET_TRY(set.serde, g.String());
    if (t.AcceptWords("WITH SERDEPROPERTIES")) {
      OWLET_TRY(set.properties, PropertyList(g));
    }
    return Action(std::move(set));
  }
  OWLET_CHECK_OK(t.Expect("SERDEPROPERTIES"));
  OWLET_TRY(set.properties, PropertyList(g));
  return Action(std::move(set));
}

Result<Action> Unset(Grammar& g) {
  UnsetTableProperties unset;
  OWLET_CHECK_OK(g.tokens.Expect("TBLPROPERTIES"));
  OWLET_TRY(unset.if_exists, IfExists(g));
  OWLET_CHECK_OK(g.tokens.Expect("("));
  do {
    if (g.tokens.Peek().kind == TokenKind::kString) {
      OWLET_TRY(std::string key, g.String());
      unset.keys.push_back(std::move(key));
    } else {
      OWLET_TRY(const Name parts, g.QualifiedName());
      std::string key;
      for (const std::string& part : parts) key += (key.empty() ? "" : ".") + part;
      unset.keys.push_back(std::move(key));
    }
  } while (g.tokens.Accept(","));
  OWLET_CHECK_OK(g.tokens.Expect(")"));
  return Action(std::move(unset));
}

Result<Action> Rename(Grammar& g, bool view) {
  TokenStream& t = g.tokens;
  if (t.Accept("TO")) {
    RenameTable rename{.view = view};
    OWLET_TRY(rename.new_name, g.QualifiedName());
    return Action(std::move(rename));
  }
  OWLET_CHECK_OK(t.Expect("COLUMN"));
  RenameColumn rename;
  OWLET_TRY(rename.column, g.QualifiedName());
  OWLET_CHECK_OK(t.Expect("TO"));
  OWLET_TRY(rename.new_name, g.Identifier());
  return Action(std::move(rename));
}

Result<Action> Replace(Grammar& g) {
  OWLET_CHECK_OK(g.tokens.ExpectWords("COLUMNS ("));
  ReplaceColumns replace;
  do {
    OWLET_TRY(ColumnDefinition column, Column(g));
    replace.columns.push_back(std::move(column));
  } while (g.tokens.Accept(","));
  OWLET_CHECK_OK(g.tokens.Expect(")"));
  return Action(std::move(replace));
}

}  // namespace

Result<Statement> AlterTableStatement(Grammar& g, bool view) {
  TokenStream& t = g.tokens;
  AlterTable alter{.view = view};
  OWLET_TRY(alter.name, g.TableName());
  const auto take = [&](Result<Action> action) -> Result<Statement> {
    if (!action) return std::unexpected(std::move(action).error());
    alter.action = *std::move(action);
    return Make(std::move(alter));
  };
  PartitionSpec partition;
  if (t.Accept("PARTITION")) {
    OWLET_TRY(partition, PartitionTerms(g));
    if (t.Accept("RENAME")) {
      OWLET_CHECK_OK(t.ExpectWords("TO PARTITION"));
      OWLET_TRY(PartitionSpec to, PartitionTerms(g));
      return take(Action(RenamePartition{std::move(partition), std::move(to)}));
    }
    if (t.hive() && t.IsAny({"CONCATENATE", "COMPACT", "CHANGE"})) {
      return TakeUnread(g, "ALTER TABLE " + t.Peek().value);
    }
  }
  if (t.Accept("SET")) {
    if (t.IsAny({"FILEFORMAT", "SKEWED"}) || (t.hive() && t.IsAny({"SERDE", "SERDEPROPERTIES"}))) {
      return TakeUnread(g, "ALTER TABLE SET " + t.Peek().value);
    }
    return take(Set(g, std::move(partition)));
  }
  if (t.Accept("ADD")) {
    if (t.spark() && (t.Is("CONSTRAINT") || t.IsWords("CHECK (") || t.IsWords("PRIMARY KEY"))) {
      return TakeUnread(g, "ALTER TABLE ADD CONSTRAINT");
    }
    return take(Add(g));
  }
  if (t.Accept("DROP")) {
    if (t.spark() && t.Is("CONSTRAINT")) return TakeUnread(g, "ALTER TABLE DROP CONSTRAINT");
    return take(Drop(g));
  }
  if (t.Accept("CHANGE")) return take(Change(g));
  if (t.spark() && t.Accept("ALTER")) return take(AlterColumn(g));
  if (t.Accept("REPLACE")) return take(Replace(g));
  if (t.Accept("RENAME")) return take(Rename(g, view));
  if (t.Accept("UNSET")) return take(Unset(g));
  if (t.spark() && t.AcceptWords("RECOVER PARTITIONS")) return take(Action(RecoverPartitions{}));
  if (t.hive() &&
      t.IsAny({"EXCHANGE", "ARCHIVE", "UNARCHIVE", "TOUCH", "COMPACT", "CONCATENATE", "CLUSTERED",
               "SKEWED", "NOT", "DIALECT", "ENABLE", "DISABLE", "EXECUTE"})) {
    return TakeUnread(g, "ALTER TABLE " + t.Peek().value);
  }
  if (t.spark() && t.IsWords("CLUSTER BY")) return TakeUnread(g, "ALTER TABLE CLUSTER BY");
  if (t.spark() && view && (t.Is("AS") || g.AtQuery())) {
    t.Accept("AS");
    CreateView redefined{.name = alter.name, .or_replace = true, .alter = true};
    const std::size_t start = t.position();
    OWLET_TRY(redefined.query, g.Query());
    redefined.query_text = t.TextFrom(start);
    return Make(std::move(redefined));
  }
  return t.Unexpected();
}

}  // namespace owlet::sql
