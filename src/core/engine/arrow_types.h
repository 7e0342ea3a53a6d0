#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "core/plan/types.h"

struct ArrowSchema;

// Plan types in Arrow, as Spark's clients expect them:
//
//   unknown null, boolean bool, tinyint .. bigint int8 .. int64, real float, double double,
//   decimal(p,s) decimal128(p,s), varchar char json variant uuid ipaddress string,
//   varbinary and sketches binary, date date32, time time64[us], timestamp timestamp[us],
//   timestamp with local zone timestamp[us, tz=<session>], year-month interval month_interval,
//   day-time interval duration[us], calendar interval month_day_nano_interval,
//   timestamp and time with zone struct<instant, zone>, array list<element>,
//   map map<entries: struct<key, value>>, row struct

namespace owlet::engine {

/// Owns an Arrow schema.
using ArrowSchemaPtr = std::shared_ptr<ArrowSchema>;

/// The schema of a struct whose children are the columns.
[[nodiscard]] Result<ArrowSchemaPtr> ToArrowSchema(const plan::Schema& schema,
                                                   const std::string& time_zone);

/// The plan's schema of a client's Arrow schema. kNotImplemented names a type that no client sends
/// (dictionaries, unions, views).
[[nodiscard]] Result<plan::Schema> FromArrowSchema(const ArrowSchema& schema);

}  // namespace owlet::engine
