#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/result.h"
#include "core/access/principal.h"
#include "net/http.h"
#include "protocol/common/schema.h"
#include "protocol/common/validation.h"

namespace owlet::protocol {

/// What a handler knows of a request beside its typed form.
struct RequestContext {
  std::shared_ptr<const net::HttpRequest> http;
  access::Principal principal;
  std::string request_id;
  std::string region;
  Timestamp now;  // of its arrival
};

/// What a handler may add to a typed reply.
struct ReplyParts {
  int status = 0;        // 0: the operation's own
  net::Headers headers;  // beside those that the reply's members make
  /// Of operations with a streaming reply: the body.
  std::vector<net::BodyPiece> body;
  std::unique_ptr<net::BodySource> source;
  std::optional<std::uint64_t> source_size = std::nullopt;
};

/// A typed reply with more; a handler may return it in place of the reply alone.
template <class Reply>
struct Answer {
  Reply reply{};
  ReplyParts parts;
};

/// The operations of one service that have a handler. Filled at start, then read by any thread.
///
/// A handler takes the typed request and gives the typed reply:
///
///     Result<aws::glue::GetTableResponse> GetTable(const protocol::RequestContext& context,
///                                                  const aws::glue::GetTableRequest& request);
///     operations.On<aws::glue::operations::GetTable>(GetTable);
class OperationSet {
 public:
  /// Fills a request struct and checks it.
  using Fill = std::function<Status(Validation& validation, void* request)>;
  /// Takes the finished reply struct.
  using Take = std::function<void(const void* reply, ReplyParts parts)>;
  /// Makes a request, lets `fill` read it, calls the handler and hands its reply to `take`.
  using Call = std::function<Status(const RequestContext&, const std::function<Status(void*)>& fill,
                                    const Take& take)>;

  struct Entry {
    const OperationSchema* schema = nullptr;
    Call call;
  };

  template <class Operation, class Handler>
  void On(Handler handler) {
    using Request = typename Operation::Request;
    using Reply = typename Operation::Reply;
    using Returned = std::invoke_result_t<Handler&, const RequestContext&, Request>;
    constexpr bool kPlain = std::is_same_v<Returned, Result<Reply>>;
    static_assert(kPlain || std::is_same_v<Returned, Result<Answer<Reply>>>,
                  "a handler returns Result<Reply> or Result<Answer<Reply>>");
    Add(Operation::kSchema,
        [handler = std::move(handler)](const RequestContext& context,
                                       const std::function<Status(void*)>& fill,
                                       const Take& take) -> Status {
          Request request{};
          OWLET_CHECK_OK(fill(&request));
          Returned returned = handler(context, std::move(request));
          if (!returned) return std::unexpected(std::move(returned).error());
          if constexpr (kPlain)
            take(&*returned, {});
          else
            take(&returned->reply, std::move(returned->parts));
          return {};
        });
  }

  /// The same for code that knows no types.
  void Add(const OperationSchema& schema, Call call);

  [[nodiscard]] const Entry* Find(std::string_view operation) const;

 private:
  std::map<std::string_view, Entry> entries_;
};

/// How a call ended.
struct CallOutcome {
  enum class Kind : std::uint8_t {
    kDone,
    kUnreadable,  // the bytes are no request of this operation: `error` has the protocol's code
    kInvalid,     // a constraint of the model is broken: `error` has the sentence
    kFailed,      // the handler's error
  };
  Kind kind = Kind::kDone;
  Error error;
};

[[nodiscard]] CallOutcome CallOperation(const OperationSet::Entry& entry,
                                        const RequestContext& context,
                                        const OperationSet::Fill& fill,
                                        const OperationSet::Take& take);

}  // namespace owlet::protocol
