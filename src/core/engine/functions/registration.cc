#include "core/engine/functions/registration.h"

#include <fmt/format.h>

#include <duckdb.hpp>
#include <duckdb/catalog/catalog.hpp>
#include <duckdb/main/attached_database.hpp>
#include <duckdb/main/connection.hpp>
#include <duckdb/main/database_manager.hpp>
#include <duckdb/parser/parsed_data/create_aggregate_function_info.hpp>
#include <duckdb/parser/parsed_data/create_scalar_function_info.hpp>
#include <duckdb/transaction/meta_transaction.hpp>
#include <map>

#include "core/engine/functions/function_adapter.h"
#include "core/engine/functions/java_format.h"
#include "core/engine/functions/macros.h"
#include "core/engine/functions/random_functions.h"

namespace owlet::engine {

namespace {

using Key = std::pair<std::string, std::string>;  // schema, name

/// Everything to be registered, gathered by name: one catalog entry holds all overloads.
struct Gathered {
  std::map<Key, duckdb::ScalarFunctionSet> scalars;
  std::map<Key, duckdb::AggregateFunctionSet> aggregates;

  void Scalar(const std::string& schema, duckdb::ScalarFunction function) {
    auto [at, added] = scalars.try_emplace({schema, function.name}, function.name);
    at->second.AddFunction(std::move(function));
  }
  void Aggregate(const std::string& schema, duckdb::AggregateFunction function) {
    auto [at, added] = aggregates.try_emplace({schema, function.name}, function.name);
    at->second.AddFunction(std::move(function));
  }
};

void GatherCells(const CellFunctions& functions, Gathered& gathered) {
  for (const CellFunction& function : functions) {
    const auto dot = function.name.find('.');
    const std::string schema(function.name.substr(0, dot));
    const std::string name(function.name.substr(dot + 1));
    if (schema == "*") {
      gathered.Scalar("spark", AdaptFunction(name, function));
      gathered.Scalar("trino", AdaptFunction(name, function));
    } else {
      gathered.Scalar(schema, AdaptFunction(name, function));
    }
  }
}

Gathered GatherAll() {
  Gathered gathered;
  for (const auto& family :
       {DecimalFunctions(), NumberFunctions(), CastFunctions(), TextFunctions(), RegexpFunctions(),
        DateTimeFunctions(), DateTimePatternFunctions(), SparkDateTimePatternFunctions(),
        HashFunctions(), JsonFunctions(), UrlFunctions(), TrinoHashFunctions(),
        TrinoTextFunctions(), ProbabilityFunctions(), TrinoJsonFunctions(), SparkValueFunctions(),
        SketchFunctions(), JavaFormatFunctions()}) {
    GatherCells(family, gathered);
  }
  const AddScalar add_scalar = [&](const std::string& schema, duckdb::ScalarFunction function) {
    gathered.Scalar(schema, std::move(function));
  };
  AddIntegerArithmetic(add_scalar);
  AddNestedFunctions(add_scalar);
  AddMapFunctions(add_scalar);
  AddRecordFunctions(add_scalar);
  AddPythonFunctions(add_scalar);
  AddRandomFunctions(add_scalar);
  const AddAggregate add_aggregate = [&](const std::string& schema,
                                         duckdb::AggregateFunction function) {
    gathered.Aggregate(schema, std::move(function));
  };
  AddAggregates(add_aggregate);
  AddMomentAggregates(add_aggregate);
  AddSketchAggregates(add_aggregate);
  return gathered;
}

template <class Info, class Set>
void Create(duckdb::Catalog& catalog, duckdb::ClientContext& context, const std::string& schema,
            const Set& set) {
  Info info(set);
  info.schema = schema;
  info.internal = false;
  info.on_conflict = duckdb::OnCreateConflict::ERROR_ON_CONFLICT;
  catalog.CreateFunction(context, info);
}

Status RunAll(duckdb::Connection& connection) {
  for (const std::string_view sql : MacroStatements()) {
    auto result = connection.Query(std::string(sql));
    if (result->HasError()) {
      return Fail(Reason::kInternal, fmt::format("{}: {}", result->GetError(), sql));
    }
  }
  return {};
}

}  // namespace

Status RegisterDialectFunctions(duckdb::DatabaseInstance& database) {
  duckdb::Connection connection(database);
  try {
    for (const char* sql :
         {"CREATE SCHEMA IF NOT EXISTS spark", "CREATE SCHEMA IF NOT EXISTS trino"}) {
      auto result = connection.Query(sql);
      if (result->HasError()) return Fail(Reason::kInternal, result->GetError());
    }
    const Gathered gathered = GatherAll();
    auto& context = *connection.context;
    context.RunFunctionInTransaction([&] {
      const auto name = duckdb::DatabaseManager::GetDefaultDatabase(context);
      auto& catalog = duckdb::Catalog::GetCatalog(context, name);
      duckdb::MetaTransaction::Get(context).ModifyDatabase(
          catalog.GetAttached(), duckdb::DatabaseModificationType::CREATE_CATALOG_ENTRY);
      for (const auto& [key, set] : gathered.scalars) {
        Create<duckdb::CreateScalarFunctionInfo>(catalog, context, key.first, set);
      }
      for (const auto& [key, set] : gathered.aggregates) {
        Create<duckdb::CreateAggregateFunctionInfo>(catalog, context, key.first, set);
      }
    });
  } catch (const std::exception& error) {
    return Fail(Reason::kInternal, fmt::format("registering functions: {}", error.what()));
  }
  return RunAll(connection);
}

}  // namespace owlet::engine
