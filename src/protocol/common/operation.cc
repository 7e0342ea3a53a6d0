#include "protocol/common/operation.h"

namespace owlet::protocol {

const OperationSet::Entry* OperationSet::Find(std::string_view operation) const {
  const auto found = entries_.find(operation);
  return found == entries_.end() ? nullptr : &found->second;
}

void OperationSet::Add(const OperationSchema& schema, Call call) {
  const bool is_new =
      entries_.try_emplace(schema.name, Entry{.schema = &schema, .call = std::move(call)}).second;
  OWLET_CHECK(is_new);
}

CallOutcome CallOperation(const OperationSet::Entry& entry, const RequestContext& context,
                          const OperationSet::Fill& fill, const OperationSet::Take& take) {
  CallOutcome outcome;
  const auto checked_fill = [&](void* request) -> Status {
    if (entry.schema->input == nullptr) return {};
    Validation validation;
    Status status = fill(validation, request);
    if (!status) {
      outcome.kind = CallOutcome::Kind::kUnreadable;
    } else if (!validation.ok()) {
      outcome.kind = CallOutcome::Kind::kInvalid;
      return Fail(Reason::kInvalidArgument, validation.Message());
    }
    return status;
  };
  Status status = entry.call(context, checked_fill, take);
  if (status) return outcome;
  if (outcome.kind == CallOutcome::Kind::kDone) outcome.kind = CallOutcome::Kind::kFailed;
  outcome.error = std::move(status).error();
  return outcome;
}

}  // namespace owlet::protocol
