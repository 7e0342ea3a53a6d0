#pragma once

#include <span>

#include "core/plan/functions.h"

// The dialects' function tables, one a family. Read together by functions.cc.

namespace owlet::plan {

using FunctionRows = std::span<const FunctionEntry>;

FunctionRows SparkOperators();
FunctionRows SparkStrings();
FunctionRows SparkMath();
FunctionRows SparkDateTimes();
FunctionRows SparkAggregates();
FunctionRows SparkCollections();
FunctionRows SparkLambdas();
FunctionRows SparkConversions();
FunctionRows SparkOthers();

FunctionRows TrinoOperators();
FunctionRows TrinoStrings();
FunctionRows TrinoMath();
FunctionRows TrinoDateTimes();
FunctionRows TrinoAggregates();
FunctionRows TrinoCollections();
FunctionRows TrinoOthers();

}  // namespace owlet::plan
