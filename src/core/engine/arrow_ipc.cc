#include "core/engine/arrow_ipc.h"

#include <fmt/format.h>
#include <nanoarrow/nanoarrow.h>
#include <nanoarrow/nanoarrow_ipc.h>

namespace owlet::engine {

namespace {

std::unexpected<Error> ArrowFailed(Reason reason, std::string_view what, const ArrowError& error) {
  return Fail(reason, fmt::format("{}: {}", what, error.message));
}

Result<std::string> Write(const ArrowSchema& schema, const ArrowArray& array) {
  ArrowError error{};
  ArrowBuffer buffer;
  ArrowBufferInit(&buffer);
  ArrowIpcOutputStream stream;
  ArrowIpcWriter writer;
  ArrowArrayView view;
  ArrowArrayViewInitFromType(&view, NANOARROW_TYPE_UNINITIALIZED);
  int code = ArrowIpcOutputStreamInitBuffer(&stream, &buffer);
  if (code == NANOARROW_OK) {
    code = ArrowIpcWriterInit(&writer, &stream);
    if (code == NANOARROW_OK) code = ArrowIpcWriterWriteSchema(&writer, &schema, &error);
    if (code == NANOARROW_OK) code = ArrowArrayViewInitFromSchema(&view, &schema, &error);
    if (code == NANOARROW_OK) code = ArrowArrayViewSetArray(&view, &array, &error);
    if (code == NANOARROW_OK) code = ArrowIpcWriterWriteArrayView(&writer, &view, &error);
    if (code == NANOARROW_OK) code = ArrowIpcWriterWriteArrayView(&writer, nullptr, &error);
    ArrowIpcWriterReset(&writer);
  }
  ArrowArrayViewReset(&view);
  std::string bytes(reinterpret_cast<const char*>(buffer.data),
                    static_cast<std::size_t>(buffer.size_bytes));
  ArrowBufferReset(&buffer);
  if (code != NANOARROW_OK) return ArrowFailed(Reason::kInternal, "Arrow IPC", error);
  return bytes;
}

}  // namespace

Result<IpcEncoder> IpcEncoder::Make(const plan::Schema& schema, const std::string& time_zone) {
  OWLET_TRY(ArrowSchemaPtr arrow, ToArrowSchema(schema, time_zone));
  return IpcEncoder(std::move(arrow));
}

Result<std::string> IpcEncoder::Encode(const Batch& batch) const {
  return Write(*schema_, batch.array());
}

Result<std::string> IpcEncoder::EncodeEmpty() const {
  ArrowArray array{};
  ArrowError error{};
  if (ArrowArrayInitFromSchema(&array, schema_.get(), &error) != NANOARROW_OK ||
      ArrowArrayStartAppending(&array) != NANOARROW_OK ||
      ArrowArrayFinishBuildingDefault(&array, &error) != NANOARROW_OK) {
    if (array.release != nullptr) array.release(&array);
    return ArrowFailed(Reason::kInternal, "Arrow IPC", error);
  }
  auto bytes = Write(*schema_, array);
  array.release(&array);
  return bytes;
}

Result<IpcStream> DecodeIpc(const std::string& bytes) {
  ArrowError error{};
  ArrowBuffer buffer;
  ArrowBufferInit(&buffer);
  if (ArrowBufferAppend(&buffer, bytes.data(), static_cast<std::int64_t>(bytes.size())) !=
      NANOARROW_OK) {
    return Fail(Reason::kOutOfMemory, "no memory for a client's rows");
  }
  ArrowIpcInputStream input;
  ArrowArrayStream stream{};
  if (ArrowIpcInputStreamInitBuffer(&input, &buffer) != NANOARROW_OK) {
    ArrowBufferReset(&buffer);
    return Fail(Reason::kOutOfMemory, "no memory for a client's rows");
  }
  if (ArrowIpcArrayStreamReaderInit(&stream, &input, nullptr) != NANOARROW_OK) {
    input.release(&input);
    return Fail(Reason::kOutOfMemory, "no memory for a client's rows");
  }
  const std::unique_ptr<ArrowArrayStream, void (*)(ArrowArrayStream*)> owned(
      &stream, [](ArrowArrayStream* s) { s->release(s); });
  IpcStream decoded;
  decoded.schema = ArrowSchemaPtr(new ArrowSchema{}, [](ArrowSchema* schema) {
    if (schema->release != nullptr) schema->release(schema);
    delete schema;
  });
  if (ArrowArrayStreamGetSchema(&stream, decoded.schema.get(), &error) != NANOARROW_OK) {
    return ArrowFailed(Reason::kInvalidArgument, "bad Arrow IPC stream", error);
  }
  for (;;) {
    std::shared_ptr<ArrowArray> array(new ArrowArray{}, [](ArrowArray* a) {
      if (a->release != nullptr) a->release(a);
      delete a;
    });
    if (ArrowArrayStreamGetNext(&stream, array.get(), &error) != NANOARROW_OK) {
      return ArrowFailed(Reason::kInvalidArgument, "bad Arrow IPC stream", error);
    }
    if (array->release == nullptr) return decoded;
    decoded.batches.push_back(std::move(array));
  }
}

}  // namespace owlet::engine
