#include <fmt/format.h>
#include <zlib.h>

#include "protocol/spark_connect/service.h"

namespace owlet::spark_connect {

namespace proto = ::spark::connect;

namespace {

bool ChecksumFits(const proto::AddArtifactsRequest_ArtifactChunk& chunk) {
  const auto* bytes = reinterpret_cast<const Bytef*>(chunk.data().data());
  return static_cast<std::int64_t>(crc32(0, bytes, static_cast<uInt>(chunk.data().size()))) ==
         chunk.crc();
}

/// Takes artifacts in batches and in chunks; one whose checksum does not fit is reported so and not
/// kept. Deletes itself when the call is done.
class ArtifactReader final : public ::grpc::ServerReadReactor<proto::AddArtifactsRequest> {
 public:
  ArtifactReader(Service& service, ::grpc::CallbackServerContext* context,
                 proto::AddArtifactsResponse* response)
      : service_(service), context_(context), response_(response) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {  // the client is done
      if (chunks_left_ > 0) {
        Finish({::grpc::StatusCode::INVALID_ARGUMENT, "an artifact ends before its last chunk"});
      } else {
        Finish(::grpc::Status::OK);
      }
      return;
    }
    if (const Status taken = Take(); !taken) {
      Finish(StatusOf(taken.error(), session_.get(), ""));
      return;
    }
    request_.Clear();
    StartRead(&request_);
  }
  void OnDone() override { delete this; }

 private:
  Status Take() {
    if (session_ == nullptr) {
      OWLET_TRY(session_, service_.FindSession(*context_, request_));
      response_->set_session_id(session_->id());
      response_->set_server_side_session_id(session_->server_side_id());
    }
    switch (request_.payload_case()) {
      case proto::AddArtifactsRequest::kBatch:
        for (const auto& artifact : request_.batch().artifacts()) {
          OWLET_CHECK_OK(
              Keep(artifact.name(), artifact.data().data(), ChecksumFits(artifact.data())));
        }
        return {};
      case proto::AddArtifactsRequest::kBeginChunk: {
        const auto& begin = request_.begin_chunk();
        if (begin.total_bytes() < 0 ||
            static_cast<std::uint64_t>(begin.total_bytes()) > Session::kArtifactBytes) {
          return Fail(Reason::kRequestTooLarge,
                      fmt::format("an artifact of {} bytes is larger than the session may keep",
                                  begin.total_bytes()));
        }
        name_ = begin.name();
        data_ = begin.initial_chunk().data();
        intact_ = ChecksumFits(begin.initial_chunk());
        chunks_left_ = begin.num_chunks() - 1;
        return EndOfChunk();
      }
      case proto::AddArtifactsRequest::kChunk:
        if (chunks_left_ <= 0) return Fail(Reason::kMalformedRequest, "a chunk of no artifact");
        if (data_.size() + request_.chunk().data().size() > Session::kArtifactBytes) {
          return Fail(Reason::kRequestTooLarge, "the artifact is larger than the session may keep");
        }
        data_ += request_.chunk().data();
        intact_ = intact_ && ChecksumFits(request_.chunk());
        --chunks_left_;
        return EndOfChunk();
      case proto::AddArtifactsRequest::PAYLOAD_NOT_SET:
        break;
    }
    return Fail(Reason::kMalformedRequest, "the artifact request is empty");
  }

  Status EndOfChunk() {
    if (chunks_left_ > 0) return {};
    return Keep(name_, std::exchange(data_, {}), intact_);
  }

  Status Keep(const std::string& name, std::string data, bool intact) {
    if (intact) OWLET_CHECK_OK(session_->PutArtifact(name, std::move(data)));
    auto* summary = response_->add_artifacts();
    summary->set_name(name);
    summary->set_is_crc_successful(intact);
    return {};
  }

  Service& service_;
  ::grpc::CallbackServerContext* context_;
  proto::AddArtifactsResponse* response_;
  proto::AddArtifactsRequest request_;
  std::shared_ptr<Session> session_;
  std::string name_;
  std::string data_;
  bool intact_ = true;
  std::int64_t chunks_left_ = 0;
};

}  // namespace

::grpc::ServerReadReactor<proto::AddArtifactsRequest>* Service::AddArtifacts(
    Context* context, proto::AddArtifactsResponse* response) {
  return new ArtifactReader(*this, context, response);
}

}  // namespace owlet::spark_connect
