#pragma once

#include <grpcpp/impl/codegen/proto_utils.h>
#include <spark/connect/base.pb.h>

// How deep a plan may nest. Protobuf reads 100 levels by default, which a DataFrame of some thirty
// withColumn reaches; Spark's own server reads 1024 (spark.connect.grpc.marshallerRecursionLimit).
// Every file that sees base.grpc.pb.h must see this first, so that all read requests alike.

namespace owlet::spark_connect {

inline constexpr int kMostMessageLevels = 1024;

inline ::grpc::Status ReadDeepMessage(::grpc::ByteBuffer* buffer,
                                      ::google::protobuf::MessageLite* message) {
  if (buffer == nullptr) return {::grpc::StatusCode::INTERNAL, "no payload"};
  bool read = false;
  {
    ::grpc::ProtoBufferReader reader(buffer);
    if (!reader.status().ok()) return reader.status();
    ::google::protobuf::io::CodedInputStream coded(&reader);
    coded.SetRecursionLimit(kMostMessageLevels);
    read = message->ParseFromCodedStream(&coded) && coded.ConsumedEntireMessage();
  }
  buffer->Clear();
  if (!read) return {::grpc::StatusCode::INTERNAL, "the request is no message of this call"};
  return ::grpc::Status::OK;
}

template <class Request>
struct DeepMessageTraits {
  static ::grpc::Status Serialize(const ::google::protobuf::MessageLite& message,
                                  ::grpc::ByteBuffer* buffer, bool* own_buffer) {
    return ::grpc::GenericSerialize<::grpc::ProtoBufferWriter, Request>(message, buffer,
                                                                        own_buffer);
  }
  static ::grpc::Status Deserialize(::grpc::ByteBuffer* buffer,
                                    ::google::protobuf::MessageLite* message) {
    return ReadDeepMessage(buffer, message);
  }
};

}  // namespace owlet::spark_connect

template <>
class grpc::SerializationTraits<::spark::connect::ExecutePlanRequest, void>
    : public ::owlet::spark_connect::DeepMessageTraits<::spark::connect::ExecutePlanRequest> {};

template <>
class grpc::SerializationTraits<::spark::connect::AnalyzePlanRequest, void>
    : public ::owlet::spark_connect::DeepMessageTraits<::spark::connect::AnalyzePlanRequest> {};
