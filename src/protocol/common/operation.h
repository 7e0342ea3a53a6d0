#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "base/clock.h"
#include "base/result.h"
#include "core/access/principal.h"
#include "net/http.h"
#include "protocol/common/schema.h"

namespace owlet::protocol {

/// What a handler knows of a request beside its typed form.
struct RequestContext {
  std::shared_ptr<const net::HttpRequest> http;
  access::Principal principal;
  std::string request_id;
  std::string region;
  Timestamp now;  // of its arrival
};

/// Fills a request struct, or tells what is wrong with the bytes it comes from.
using FillRequest = std::function<Status(void* request)>;
/// Takes the finished reply struct.
using TakeReply = std::function<void(const void* reply)>;

/// The operations of one service that have a handler. Filled at start, then read by any thread.
///
/// A handler takes the typed request and gives the typed reply:
///
///     Result<aws::glue::GetTableResponse> GetTable(const protocol::RequestContext& context,
///                                                  const aws::glue::GetTableRequest& request);
///     operations.On<aws::glue::operations::GetTable>(GetTable);
class OperationSet {
 public:
  /// Makes a request, lets `fill` read it, calls the handler and hands its reply to `take`.
  using Call =
      std::function<Status(const RequestContext&, const FillRequest& fill, const TakeReply& take)>;

  struct Entry {
    const OperationSchema* schema = nullptr;
    Call call;
  };

  template <class Operation, class Handler>
  void On(Handler handler) {
    using Request = typename Operation::Request;
    using Reply = typename Operation::Reply;
    static_assert(std::is_invocable_r_v<Result<Reply>, Handler&, const RequestContext&, Request>,
                  "a handler is Result<Reply>(const RequestContext&, const Request&)");
    Add(Operation::kSchema,
        [handler = std::move(handler)](const RequestContext& context, const FillRequest& fill,
                                       const TakeReply& take) -> Status {
          Request request{};
          OWLET_CHECK_OK(fill(&request));
          Result<Reply> reply = handler(context, std::move(request));
          if (!reply) return std::unexpected(std::move(reply).error());
          take(&*reply);
          return {};
        });
  }

  [[nodiscard]] const Entry* Find(std::string_view operation) const {
    const auto found = entries_.find(operation);
    return found == entries_.end() ? nullptr : &found->second;
  }

 private:
  void Add(const OperationSchema& schema, Call call) {
    const bool is_new =
        entries_.try_emplace(schema.name, Entry{.schema = &schema, .call = std::move(call)}).second;
    OWLET_CHECK(is_new);
  }

  std::map<std::string_view, Entry> entries_;
};

}  // namespace owlet::protocol
