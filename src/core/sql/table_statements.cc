#include "core/sql/statements.h"

// Databases, and CREATE TABLE of Hive and Spark: their clauses may stand in any order.

namespace owlet::sql {
namespace {

std::string Upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

Result<PartitionField> Partition(Grammar& g) {
  PartitionField field;
  const bool transform = g.AtIdentifier() && g.tokens.Is("(", 1);
  if (transform) {
    field.transform = g.tokens.Next().text;
    for (char& c : field.transform) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    if (field.transform.size() > 4 && field.transform.back() == 's') field.transform.pop_back();
    g.tokens.Next();
    if (g.tokens.Peek().kind == TokenKind::kInteger) {
      OWLET_TRY(field.argument, g.Integer());
      OWLET_CHECK_OK(g.tokens.Expect(","));
    }
    OWLET_TRY(field.column, g.Identifier());
    if (g.tokens.Accept(",")) {  // truncate(column, width)
      OWLET_TRY(field.argument, g.Integer());
    }
    OWLET_CHECK_OK(g.tokens.Expect(")"));
    return field;
  }
  const bool plain = g.tokens.IsAny({",", ")"}, 1);
  if (plain) {
    OWLET_TRY(field.column, g.Identifier());
    return field;
  }
  OWLET_TRY(ColumnDefinition column, Column(g));
  field.column = column.name;
  field.definition = std::move(column);
  return field;
}

Result<Buckets> Clustered(Grammar& g) {
  Buckets buckets;
  OWLET_TRY(buckets.columns, g.IdentifierList());
  if (g.tokens.AcceptWords("SORTED BY")) {
    OWLET_CHECK_OK(g.tokens.Expect("("));
    do {
      SortColumn column;
      OWLET_TRY(column.column, g.Identifier());
      column.ascending = !g.tokens.Accept("DESC");
      if (column.ascending) g.tokens.Accept("ASC");
      buckets.sorted_by.push_back(std::move(column));
    } while (g.tokens.Accept(","));
    OWLET_CHECK_OK(g.tokens.Expect(")"));
  }
  OWLET_CHECK_OK(g.tokens.Expect("INTO"));
  OWLET_TRY(buckets.count, g.Integer());
  OWLET_CHECK_OK(g.tokens.Expect("BUCKETS"));
  return buckets;
}

Status RowFormat(Grammar& g, CreateTable& table) {
  if (g.tokens.Accept("SERDE")) {
    OWLET_TRY(table.serde, g.String());
    if (g.tokens.AcceptWords("WITH SERDEPROPERTIES")) {
      OWLET_TRY(table.serde_properties, PropertyList(g));
    }
    return {};
  }
  if (!g.tokens.Accept("DELIMITED")) {
    return g.tokens.Unexpected();
  }
  DelimitedFormat format;
  while (true) {
    if (g.tokens.AcceptWords("FIELDS TERMINATED BY")) {
      OWLET_TRY(format.fields, g.String());
      if (g.tokens.AcceptWords("ESCAPED BY")) {
        OWLET_TRY(format.escaped, g.String());
      }
    } else if (g.tokens.AcceptWords("COLLECTION ITEMS TERMINATED BY")) {
      OWLET_TRY(format.collection_items, g.String());
    } else if (g.tokens.AcceptWords("MAP KEYS TERMINATED BY")) {
      OWLET_TRY(format.map_keys, g.String());
    } else if (g.tokens.AcceptWords("LINES TERMINATED BY")) {
      OWLET_TRY(format.lines, g.String());
    } else if (g.tokens.AcceptWords("NULL DEFINED AS")) {
      OWLET_TRY(format.null_defined_as, g.String());
    } else {
      break;
    }
  }
  table.delimited = std::move(format);
  return {};
}

Status StoredAs(Grammar& g, CreateTable& table) {
  if (g.tokens.AcceptWords("BY")) return g.Missing("STORED BY");
  OWLET_CHECK_OK(g.tokens.Expect("AS"));
  if (g.tokens.Accept("INPUTFORMAT")) {
    OWLET_TRY(table.input_format, g.String());
    OWLET_CHECK_OK(g.tokens.Expect("OUTPUTFORMAT"));
    OWLET_TRY(table.output_format, g.String());
    return {};
  }
  OWLET_TRY(const std::string format, g.Identifier());
  table.stored_as = Upper(format);
  return {};
}

/// One clause of CREATE TABLE; false when none stands here.
Result<bool> Clause(Grammar& g, CreateTable& table) {
  TokenStream& t = g.tokens;
  if (t.Accept("COMMENT")) {
    OWLET_TRY(table.comment, g.String());
  } else if (t.AcceptWords("PARTITIONED BY")) {
    OWLET_CHECK_OK(t.Expect("("));
    do {
      OWLET_TRY(PartitionField field, Partition(g));
      table.partitioned_by.push_back(std::move(field));
    } while (t.Accept(","));
    OWLET_CHECK_OK(t.Expect(")"));
  } else if (t.AcceptWords("CLUSTERED BY")) {
    OWLET_TRY(table.buckets, Clustered(g));
  } else if (t.spark() && t.AcceptWords("CLUSTER BY")) {
    OWLET_TRY(table.cluster_by, g.IdentifierList());
  } else if (t.AcceptWords("ROW FORMAT")) {
    OWLET_CHECK_OK(RowFormat(g, table));
  } else if (t.AcceptWords("WITH SERDEPROPERTIES")) {
    OWLET_TRY(table.serde_properties, PropertyList(g));
  } else if (t.Accept("STORED")) {
    OWLET_CHECK_OK(StoredAs(g, table));
  } else if (t.Accept("LOCATION")) {
    OWLET_TRY(table.location, g.String());
  } else if (t.Accept("TBLPROPERTIES")) {
    OWLET_TRY(table.properties, PropertyList(g));
  } else if (t.spark() && t.Accept("OPTIONS")) {
    OWLET_TRY(table.options, PropertyList(g));
  } else {
    return false;
  }
  return true;
}

}  // namespace

Result<Statement> CreateTableStatement(Grammar& g, CreateTable table) {
  TokenStream& t = g.tokens;
  OWLET_TRY(table.if_not_exists, IfNotExists(g));
  OWLET_TRY(table.name, g.TableName());
  if (t.Is("LIKE")) {
    if (t.hive()) return TakeUnread(g, "CREATE TABLE LIKE");
    t.Next();
    CreateTableLike like{.name = table.name, .if_not_exists = table.if_not_exists};
    OWLET_TRY(like.source, g.TableName());
    if (t.Accept("USING")) {
      OWLET_TRY(like.provider, g.Identifier());
    }
    while (true) {
      OWLET_TRY(const bool more, Clause(g, table));
      if (!more) break;
    }
    like.location = table.location;
    like.properties = table.properties;
    return Make(std::move(like));
  }
  if (t.Is("(") && !g.AtQuery()) {
    t.Next();
    if (!(t.spark() && t.Is(")"))) {
      do {
        if (t.spark() && (t.Is("CONSTRAINT") || t.IsWords("PRIMARY KEY") || t.IsWords("CHECK ("))) {
          return TakeUnread(g, "CREATE TABLE with a constraint");
        }
        OWLET_TRY(ColumnDefinition column, Column(g));
        table.columns.push_back(std::move(column));
      } while (t.Accept(","));
    }
    OWLET_CHECK_OK(t.Expect(")"));
  }
  if (t.spark() && t.Accept("USING")) {
    OWLET_TRY(const Name provider, g.QualifiedName());
    for (const std::string& part : provider) {
      table.provider += (table.provider.empty() ? "" : ".") + part;
    }
  }
  while (true) {
    OWLET_TRY(const bool more, Clause(g, table));
    if (!more) break;
  }
  const bool query = t.spark() && (t.Is("AS") || g.AtQuery());
  if (query) {
    t.Accept("AS");
    OWLET_TRY(table.query, g.Query());
  } else if (t.hive() && t.Is("AS")) {
    return TakeUnread(g, "CREATE EXTERNAL TABLE .. AS");
  }
  return Make(std::move(table));
}

Result<Statement> CreateDatabaseStatement(Grammar& g) {
  CreateDatabase create;
  OWLET_TRY(create.if_not_exists, IfNotExists(g));
  OWLET_TRY(create.name, g.TableName());
  while (true) {
    if (g.tokens.Accept("COMMENT")) {
      OWLET_TRY(create.comment, g.String());
    } else if (g.tokens.Accept("LOCATION")) {
      OWLET_TRY(create.location, g.String());
    } else if (g.tokens.AcceptWords("WITH DBPROPERTIES") ||
               (g.tokens.spark() && g.tokens.AcceptWords("WITH PROPERTIES"))) {
      OWLET_TRY(create.properties, PropertyList(g));
    } else {
      return Make(std::move(create));
    }
  }
}

Result<Statement> AlterDatabaseStatement(Grammar& g) {
  AlterDatabase alter;
  OWLET_TRY(alter.name, g.TableName());
  if (g.tokens.spark() && g.tokens.Accept("UNSET")) {
    return TakeUnread(g, "ALTER DATABASE .. UNSET");
  }
  if (g.tokens.hive() && g.tokens.IsWords("SET OWNER"))
    return TakeUnread(g, "ALTER DATABASE SET OWNER");
  OWLET_CHECK_OK(g.tokens.Expect("SET"));
  if (g.tokens.Accept("LOCATION")) {
    OWLET_TRY(alter.location, g.String());
  } else {
    if (!(g.tokens.spark() && g.tokens.Accept("PROPERTIES"))) {
      OWLET_CHECK_OK(g.tokens.Expect("DBPROPERTIES"));
    }
    OWLET_TRY(alter.set_properties, PropertyList(g));
  }
  return Make(std::move(alter));
}

Result<Statement> DropDatabaseStatement(Grammar& g) {
  DropDatabase drop;
  OWLET_TRY(drop.if_exists, IfExists(g));
  OWLET_TRY(drop.name, g.TableName());
  drop.cascade = g.tokens.Accept("CASCADE");
  if (!drop.cascade) g.tokens.Accept("RESTRICT");
  return Make(std::move(drop));
}

}  // namespace owlet::sql
