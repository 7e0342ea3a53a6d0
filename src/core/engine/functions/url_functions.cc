#include <fmt/format.h>

#include <cctype>

#include "core/engine/functions/cells.h"

// URLs as java.net.URI takes them apart, and their form encoding.

namespace owlet::engine {

namespace {

struct Url {
  std::optional<std::string_view> protocol, authority, user, host, port, query, fragment;
  std::string_view path;
  bool valid = true;
};

Url Split(std::string_view text) {
  Url url;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ' ||
        std::string_view("<>\"{}|\\^`").find(c) != std::string_view::npos) {
      url.valid = false;
    }
  }
  if (const auto at = text.find('#'); at != std::string_view::npos) {
    url.fragment = text.substr(at + 1);
    text = text.substr(0, at);
  }
  if (const auto at = text.find('?'); at != std::string_view::npos) {
    url.query = text.substr(at + 1);
    text = text.substr(0, at);
  }
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && colon > 0 && text.find('/') > colon &&
      std::isalpha(static_cast<unsigned char>(text[0])) != 0) {
    url.protocol = text.substr(0, colon);
    text = text.substr(colon + 1);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const auto slash = text.find('/');
    url.authority = text.substr(0, slash);
    text = slash == std::string_view::npos ? std::string_view() : text.substr(slash);
    std::string_view host = *url.authority;
    if (const auto at = host.rfind('@'); at != std::string_view::npos) {
      url.user = host.substr(0, at);
      host = host.substr(at + 1);
    }
    const auto bracket = host.rfind(']');
    const auto port = host.rfind(':');
    if (port != std::string_view::npos && (bracket == std::string_view::npos || port > bracket)) {
      url.port = host.substr(port + 1);
      host = host.substr(0, port);
    }
    url.host = host;
  }
  url.path = text;
  return url;
}

std::string Decode(std::string_view text, bool plus_is_space = true) {
  std::string result;
  const auto digit = [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0
               ? c - '0'
               : std::tolower(static_cast<unsigned char>(c)) - 'a' + 10;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() &&
                        std::isxdigit(static_cast<unsigned char>(text[i + 1])) != 0 &&
                        std::isxdigit(static_cast<unsigned char>(text[i + 2])) != 0;
    if (escape) {
      result += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      result += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  return result;
}

void UrlDecode(Cells& cells) { cells.SetText(Decode(cells.Text(0))); }

/// An escape must be whole, in the words of Java's URLDecoder.
void TrinoDecode(Cells& cells) {
  const std::string_view text = cells.Text(0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') continue;
    if (i + 2 >= text.size()) {
      RaiseTrino("INVALID_FUNCTION_ARGUMENT", "URLDecoder: Incomplete trailing escape (%) pattern",
                 cells.Integer(1));
    }
    for (const char c : text.substr(i + 1, 2)) {
      if (std::isxdigit(static_cast<unsigned char>(c)) != 0) continue;
      RaiseTrino("INVALID_FUNCTION_ARGUMENT",
                 fmt::format("URLDecoder: Illegal hex characters in escape (%) pattern - not a "
                             "hexadecimal digit: \"{}\" = {}",
                             c, static_cast<int>(c)),
                 cells.Integer(1));
    }
  }
  cells.SetText(Decode(text));
}

void UrlEncode(Cells& cells) {
  std::string result;
  for (const char c : cells.Text(0)) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 ||
        std::string_view(".-*_").find(c) != std::string_view::npos) {
      result += c;
    } else if (c == ' ') {
      result += '+';
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  cells.SetText(result);
}

std::optional<std::string> Part(const Url& url, std::string_view part) {
  const auto text = [](const std::optional<std::string_view>& piece) {
    return piece ? std::optional<std::string>(*piece) : std::nullopt;
  };
  if (part == "HOST") return text(url.host);
  if (part == "PROTOCOL") return text(url.protocol);
  if (part == "PATH") return std::string(url.path);
  if (part == "QUERY") return text(url.query);
  if (part == "REF" || part == "FRAGMENT") return text(url.fragment);
  if (part == "AUTHORITY") return text(url.authority);
  if (part == "USERINFO") return text(url.user);
  if (part == "PORT") return text(url.port);
  if (part == "FILE") {
    return url.query ? fmt::format("{}?{}", url.path, *url.query) : std::string(url.path);
  }
  return std::nullopt;
}

void TrinoPart(Cells& cells) {
  const Url url = Split(cells.Text(0));
  auto part = url.valid ? Part(url, cells.Text(1)) : std::nullopt;
  const std::string_view name = cells.Text(1);
  if (!part && url.valid && name != "PORT") part = "";
  if (!part) return cells.SetNull();
  // A path, query or fragment is read without its escapes (java.net.URI's getPath); "+" stays.
  if (name == "PATH" || name == "QUERY" || name == "FRAGMENT") {
    return cells.SetText(Decode(*part, false));
  }
  cells.SetText(*part);
}

std::optional<std::string_view> QueryValue(std::string_view query, std::string_view key) {
  while (true) {
    const auto end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    const auto equal = pair.find('=');
    if (pair.substr(0, equal) == key) {
      return equal == std::string_view::npos ? std::string_view() : pair.substr(equal + 1);
    }
    if (end == std::string_view::npos) return std::nullopt;
    query.remove_prefix(end + 1);
  }
}

void TrinoParameter(Cells& cells) {
  const Url url = Split(cells.Text(0));
  if (!url.valid || !url.query) return cells.SetNull();
  const auto value = QueryValue(*url.query, cells.Text(1));
  if (!value) return cells.SetNull();
  cells.SetText(Decode(*value));
}

void SparkParse(Cells& cells) {
  const Url url = Split(cells.Text(0));
  if (!url.valid) {
    RaiseSpark("INVALID_URL", fmt::format("The url is invalid: {}.", cells.Text(0)),
               {{"url", std::string(cells.Text(0))}, {"ansiConfig", std::string(kAnsiConfig)}},
               cells.Integer(2));
  }
  const auto part = cells.Text(1) == "PORT" ? std::nullopt : Part(url, cells.Text(1));
  if (!part) return cells.SetNull();
  cells.SetText(*part);
}

void SparkQueryValue(Cells& cells) {
  const Url url = Split(cells.Text(0));
  if (cells.Text(1) != "QUERY" || !url.query) return cells.SetNull();
  const auto value = QueryValue(*url.query, cells.Text(2));
  if (!value) return cells.SetNull();
  cells.SetText(*value);
}

}  // namespace

CellFunctions UrlFunctions() {
  return {
      {"*.url_encode", "VARCHAR", UrlEncode},
      {"spark.url_decode", "VARCHAR", UrlDecode},
      {"trino.url_decode", "VARCHAR", TrinoDecode},
      {"trino.url_part", "VARCHAR", TrinoPart},
      {"trino.url_parameter", "VARCHAR", TrinoParameter},
      {"spark.parse_url", "VARCHAR", SparkParse},
      {"spark.parse_url_query", "VARCHAR", SparkQueryValue},
  };
}

}  // namespace owlet::engine
