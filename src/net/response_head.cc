#include "net/response_head.h"

#include <algorithm>

#include "base/ascii.h"

namespace owlet::net {
namespace {

bool MayHaveBody(int status) { return status >= 200 && status != 204 && status != 304; }

std::uint64_t BodySize(const HttpResponse& response) {
  std::uint64_t size = 0;
  for (const BodyPiece& piece : response.body) {
    if (const auto* text = std::get_if<std::string>(&piece)) {
      size += text->size();
    } else {
      size += std::get<FileRange>(piece).size;
    }
  }
  return size;
}

void AppendField(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ");
  for (const char c : value) {
    const bool breaks_line = c == '\r' || c == '\n' || c == '\0';
    head.push_back(breaks_line ? ' ' : c);
  }
  head.append("\r\n");
}

}  // namespace

Framing FrameReply(const HttpResponse& response, const ReplyTerms& terms) {
  Framing framing;
  framing.close = terms.close || response.close;
  if (!MayHaveBody(response.status)) return framing;
  framing.has_body = !terms.head;
  if (response.source != nullptr && response.source_size) {
    framing.content_length = *response.source_size;
  } else if (response.source != nullptr) {
    framing.chunked = !terms.http10;
    framing.until_close = terms.http10;
    framing.close = framing.close || terms.http10;
  } else if (!(terms.head && response.headers.Has("Content-Length"))) {
    framing.content_length = BodySize(response);
  }
  return framing;
}

std::string FormatHead(const HttpResponse& response, const Framing& framing, Timestamp now) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(StatusText(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers.fields()) {
    if (EqualsIgnoringCase(name, "Connection") || EqualsIgnoringCase(name, "Transfer-Encoding")) {
      continue;
    }
    if (EqualsIgnoringCase(name, "Content-Length") &&
        (framing.content_length.has_value() || framing.chunked || framing.until_close)) {
      continue;
    }
    AppendField(head, name, value);
  }
  if (framing.content_length.has_value()) {
    AppendField(head, "Content-Length", std::to_string(*framing.content_length));
  }
  if (framing.chunked) AppendField(head, "Transfer-Encoding", "chunked");
  if (framing.close) AppendField(head, "Connection", "close");
  if (!response.headers.Has("Date")) AppendField(head, "Date", FormatHttpDate(now));
  if (!response.headers.Has("Server")) AppendField(head, "Server", "owlet");
  head.append("\r\n");
  return head;
}

std::string_view StatusText(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Unknown";
  }
}

}  // namespace owlet::net
