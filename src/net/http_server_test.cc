#include "net/http_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

#include "base/mutex.h"
#include "net/raw_client_fixture.h"

namespace owlet::net {
namespace {

using namespace std::chrono_literals;
using ::testing::AssertionFailure;
using ::testing::AssertionResult;
using ::testing::AssertionSuccess;

AssertionResult Contains(const std::string& text, const std::string& part) {
  if (text.find(part) != std::string::npos) return AssertionSuccess();
  return AssertionFailure() << "no \"" << part << "\" in \"" << text.substr(0, 2000) << "\"";
}

AssertionResult StartsWith(const std::string& text, const std::string& start) {
  if (text.starts_with(start)) return AssertionSuccess();
  return AssertionFailure() << "\"" << text.substr(0, 200) << "\" does not start with " << start;
}

std::shared_ptr<const void> MakeFile(std::size_t size, int& fd) {
  fd = ::memfd_create("body", MFD_CLOEXEC);
  std::string content(size, 'f');
  for (std::size_t i = 0; i < size; i += 4096) content[i] = static_cast<char>('a' + i / 4096 % 26);
  EXPECT_EQ(::pwrite(fd, content.data(), size, 0), static_cast<ssize_t>(size));
  return {nullptr, [file = fd](const void*) { ::close(file); }};
}

class Counting final : public BodySource {
 public:
  Counting(int pieces, int fails_at) : pieces_(pieces), fails_at_(fails_at) {}
  Result<std::string> Next() override {
    if (next_ == fails_at_) return Fail(Reason::kInternal, "the source broke");
    if (next_ == pieces_) return std::string();
    return "piece " + std::to_string(next_++) + ";";
  }

 private:
  int pieces_;
  int fails_at_;
  int next_ = 0;
};

/// Answers by path, in the ways that services do.
class TestService final : public HttpService {
 public:
  Dispatch OnRequest(std::shared_ptr<const HttpRequest> request) override {
    const std::string& path = request->raw_path;
    if (path == "/echo") return std::make_unique<Echo>(*this, request);
    if (path == "/take") return std::make_unique<Take>(*this);
    if (path == "/limited") {
      return CollectBody(
          1000, [](std::string body) { return Text(200, std::to_string(body.size())); },
          [](const Error& error) { return Text(413, error.message); });
    }
    if (path == "/refuse") return Text(403, "no");
    if (path == "/throw") throw std::runtime_error("a bug");
    if (path == "/throw-later") return std::make_unique<Throws>();
    if (path == "/wait") {
      waiting.fetch_add(1);
      MutexLock lock(mutex);
      while (!released) lock.Wait(release);
      return Text(200, "waited");
    }
    if (path == "/file") return File(*request);
    if (path == "/source") return Source(5, -1);
    if (path == "/broken-source") return Source(5, 3);
    if (path == "/inject") {
      HttpResponse response = Text(200, "x");
      response.headers.Add("X-Value", "a\r\nX-Evil: b");
      return response;
    }
    if (path == "/no-content") {
      HttpResponse response;
      response.status = 204;
      return response;
    }
    if (path == "/size-by-hand") {
      HttpResponse response;
      response.headers.Add("Content-Length", "12345");
      return response;
    }
    return Text(200, request->method + " " + path + "?" + request->raw_query + " " +
                         std::string(request->headers.Get("x-test")) + " " +
                         std::string(request->headers.Get("host")));
  }

  void Release() {
    {
      MutexLock lock(mutex);
      released = true;
    }
    release.notify_all();
  }

  std::atomic<int> waiting = 0;
  std::atomic<int> started = 0;
  std::atomic<int> destroyed_early = 0;
  std::atomic<std::size_t> taken = 0;
  Mutex mutex;
  std::condition_variable release;
  bool released GUARDED_BY(mutex) = false;

 private:
  static HttpResponse Text(int status, std::string body) {
    HttpResponse response = HttpResponse::Text(status, "text/plain", std::move(body));
    response.operation = "test.Operation";
    return response;
  }
  static HttpResponse Source(int pieces, int fails_at) {
    HttpResponse response;
    response.source = std::make_unique<Counting>(pieces, fails_at);
    return response;
  }
  static HttpResponse File(const HttpRequest& request) {
    const std::size_t size = request.raw_query.empty() ? 100'000 : std::stoul(request.raw_query);
    HttpResponse response;
    int fd = -1;
    auto keep = MakeFile(size, fd);
    response.body.emplace_back("before|");
    response.body.emplace_back(
        FileRange{.fd = fd, .offset = 1, .size = size - 1, .keep_alive = keep});
    response.body.emplace_back("|after");
    return response;
  }

  class Echo final : public RequestHandler {
   public:
    Echo(TestService& service, std::shared_ptr<const HttpRequest> request)
        : service_(service), request_(std::move(request)) {
      service_.started.fetch_add(1);
    }
    ~Echo() override {
      if (!ended_) service_.destroyed_early.fetch_add(1);
    }
    Status OnBody(std::span<const std::byte> chunk) override {
      body_.append(reinterpret_cast<const char*>(chunk.data()), chunk.size());
      if (body_.find("poison") != std::string::npos) {
        return Fail(Reason::kInvalidArgument, "poisoned");
      }
      return {};
    }
    HttpResponse OnEnd() override {
      ended_ = true;
      return Text(200, request_->method + ":" + body_);
    }
    HttpResponse OnError(const Error& error) override {
      ended_ = true;
      return Text(400, error.message);
    }

   private:
    TestService& service_;
    std::shared_ptr<const HttpRequest> request_;
    std::string body_;
    bool ended_ = false;
  };

  class Take final : public RequestHandler {
   public:
    explicit Take(TestService& service) : service_(service) {}
    Status OnBody(std::span<const std::byte> chunk) override {
      service_.taken.fetch_add(chunk.size());
      MutexLock lock(service_.mutex);
      while (!service_.released) lock.Wait(service_.release);
      return {};
    }
    HttpResponse OnEnd() override { return Text(200, std::to_string(service_.taken)); }
    HttpResponse OnError(const Error& error) override { return Text(400, error.message); }

   private:
    TestService& service_;
  };

  class Throws final : public RequestHandler {
   public:
    Status OnBody(std::span<const std::byte>) override { throw std::runtime_error("a bug"); }
    HttpResponse OnEnd() override { throw std::runtime_error("a bug"); }
    HttpResponse OnError(const Error&) override { throw std::runtime_error("a bug"); }
  };
};

class HttpServerTest : public ::testing::Test {
 protected:
  ~HttpServerTest() override {
    service_.Release();
    server_.reset();
  }

  void Start(const ServerOptions& options = {}) {
    auto server = HttpServer::Start(options, service_, [this](const RequestLogEntry& entry) {
      MutexLock lock(log_mutex_);
      log_.push_back(entry.request.method + " " + entry.request.raw_path + " " +
                     std::to_string(entry.status) + " " + std::string(entry.operation) + " " +
                     std::to_string(entry.bytes_received) + " " + std::to_string(entry.bytes_sent) +
                     (entry.broken ? " broken" : ""));
    });
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }

  std::string LastLog() {
    MutexLock lock(log_mutex_);
    return log_.empty() ? std::string() : log_.back();
  }

  template <class Condition>
  static bool Eventually(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(5ms);
    }
    return true;
  }

  TestService service_;
  std::unique_ptr<HttpServer> server_;
  Mutex log_mutex_;
  std::vector<std::string> log_ GUARDED_BY(log_mutex_);
};

TEST_F(HttpServerTest, AnswersWithDateServerAndLength) {
  Start();
  RawClient client(server_->port());
  client.Send("GET /a%20b?x=1&y HTTP/1.1\r\nHost: h\r\nX-Test:  v \r\n\r\n");
  const std::string reply = client.ReadReply();
  EXPECT_TRUE(StartsWith(reply, "HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(Contains(reply, "\r\nDate: "));
  EXPECT_TRUE(Contains(reply, "\r\nServer: owlet\r\n"));
  EXPECT_TRUE(Contains(reply, "\r\nContent-Length: 20\r\n"));
  EXPECT_TRUE(reply.ends_with("GET /a%20b?x=1&y v h")) << reply;
}

TEST_F(HttpServerTest, KeepsTheConnectionAndAnswersPipelinedRequestsInOrder) {
  Start();
  RawClient client(server_->port());
  std::string requests;
  for (int i = 0; i < 50; ++i) {
    requests +=
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n" + std::to_string(1000 + i);
  }
  client.Send(requests);
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(Contains(client.ReadReply(), "\r\n\r\nPOST:" + std::to_string(1000 + i)));
  }
}

TEST_F(HttpServerTest, SkipsEmptyLinesBetweenRequests) {
  Start();
  RawClient client(server_->port());
  client.Send("\r\n\r\nGET /1 HTTP/1.1\r\nHost: h\r\n\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(Contains(client.ReadReply(), "GET /1"));
  EXPECT_TRUE(Contains(client.ReadReply(), "GET /2"));
}

TEST_F(HttpServerTest, TakesTheAbsoluteForm) {
  Start();
  RawClient client(server_->port());
  client.Send("GET http://other:9/p?q HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(Contains(client.ReadReply(), "GET /p?q  other:9"));
}

TEST_F(HttpServerTest, RefusesWhatIsNotHttp) {
  Start();
  const std::string cases[] = {
      "hello\r\n\r\n",
      "GET /\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",  // no Host
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost a\r\n\r\n",
      "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
      "GET relative HTTP/1.1\r\nHost: a\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1x\r\n\r\n1",
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n1",
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12",
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0",
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "GET / HTTP/3.0\r\nHost: h\r\n\r\n",
      std::string("GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n", 28),
  };
  for (const std::string& request : cases) {
    RawClient client(server_->port());
    client.Send(request);
    const std::string reply = client.ReadAll();
    EXPECT_TRUE(StartsWith(reply, "HTTP/1.1 400 ")) << request;
    EXPECT_TRUE(Contains(reply, "Connection: close"));
  }
}

TEST_F(HttpServerTest, RefusesAHeaderThatIsTooLarge) {
  Start();
  RawClient client(server_->port());
  client.Send("GET / HTTP/1.1\r\nHost: h\r\nX-Big: " + std::string(70'000, 'x') + "\r\n\r\n");
  EXPECT_TRUE(StartsWith(client.ReadAll(), "HTTP/1.1 431 "));
  RawClient endless(server_->port());
  endless.Send("GET /" + std::string(100'000, 'x'));
  EXPECT_TRUE(StartsWith(endless.ReadAll(), "HTTP/1.1 431 "));
}

TEST_F(HttpServerTest, TakesAHeaderBelowTheLimit) {
  Start();
  RawClient client(server_->port());
  client.Send("GET / HTTP/1.1\r\nHost: h\r\nX-Big: " + std::string(60'000, 'x') + "\r\n\r\n");
  EXPECT_TRUE(StartsWith(client.ReadReply(), "HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, EndsASlowHeaderAndAnIdleConnection) {
  ServerOptions options;
  options.header_timeout = 200ms;
  options.idle_timeout = 300ms;
  Start(options);
  RawClient slow(server_->port());
  RawClient idle(server_->port());
  bool refused = false;
  slow.Send("GET /");
  for (int i = 0; i < 20 && !refused; ++i) {
    std::this_thread::sleep_for(50ms);
    slow.Send("x");  // bytes that come now and then do not move the deadline
    refused = slow.ReadUntil("\r\n", 10ms).starts_with("HTTP/1.1 408 ");
  }
  EXPECT_TRUE(refused);
  EXPECT_EQ(idle.ReadAll(), "");
  EXPECT_TRUE(idle.IsClosed());
}

TEST_F(HttpServerTest, EndsABodyWithoutProgress) {
  ServerOptions options;
  options.progress_timeout = 200ms;
  Start(options);
  RawClient client(server_->port());
  client.Send("PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
  EXPECT_EQ(client.ReadAll(), "");
  EXPECT_TRUE(client.IsClosed());
  EXPECT_TRUE(Eventually([&] { return service_.destroyed_early == 1; }));
  EXPECT_TRUE(Eventually([&] { return LastLog() == "PUT /echo 0  0 0 broken"; })) << LastLog();
}

TEST_F(HttpServerTest, AnswersAClientThatHasEndedItsSide) {
  Start();
  RawClient client(server_->port());
  client.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
  client.EndSending();
  EXPECT_TRUE(client.ReadAll().ends_with("POST:abc"));
  RawClient partial(server_->port());
  partial.Send("GET / HTTP/1.1\r\nHo");
  partial.EndSending();
  EXPECT_TRUE(StartsWith(partial.ReadAll(), "HTTP/1.1 400 "));
}

TEST_F(HttpServerTest, AsksForTheBodyOnlyAfterTheServiceTookTheHeader) {
  Start();
  RawClient client(server_->port());
  client.Send("PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("12345");
  EXPECT_TRUE(client.ReadReply().ends_with("PUT:12345"));
  client.Send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(Contains(client.ReadReply(), "GET /next"));
}

TEST_F(HttpServerTest, RefusesEarlyWithoutReadingTheBody) {
  Start();
  RawClient client(server_->port());
  client.Send(
      "PUT /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000000\r\n"
      "Expect: 100-continue\r\n\r\n");
  const std::string reply = client.ReadAll();
  EXPECT_TRUE(StartsWith(reply, "HTTP/1.1 403 "));
  EXPECT_TRUE(Contains(reply, "Connection: close"));
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HttpServerTest, ARefusalReachesAClientThatIsStillWriting) {
  Start();
  RawClient client(server_->port());
  client.Send("PUT /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000000\r\n\r\n");
  const std::string block(1 << 20, 'x');
  for (int i = 0; i < 16; ++i) client.Send(block);
  EXPECT_TRUE(StartsWith(client.ReadReply(), "HTTP/1.1 403 "));
}

TEST_F(HttpServerTest, ReadsChunkedBodies) {
  Start();
  RawClient client(server_->port());
  client.Send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.Send("5;extension=1\r\nhello\r\n");
  client.Send("1\r\n,\r\n6\r");
  std::this_thread::sleep_for(20ms);
  client.Send("\n world\r\n0\r\nX-Trailer: t\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(client.ReadReply().ends_with("POST:hello, world"));
  EXPECT_TRUE(Contains(client.ReadReply(), "GET /next"));
}

TEST_F(HttpServerTest, ReadsALargeChunkedBody) {
  Start();
  RawClient client(server_->port());
  std::string request = "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string body;
  for (int i = 0; i < 40; ++i) {
    const std::string piece(50'000, static_cast<char>('a' + i % 26));
    request += "c350\r\n" + piece + "\r\n";
    body += piece;
  }
  std::jthread sender([&] { client.Send(request + "0\r\n\r\n"); });
  const std::string reply = client.ReadReply();
  EXPECT_TRUE(reply.ends_with("POST:" + body));
}

TEST_F(HttpServerTest, RefusesABrokenChunk) {
  Start();
  RawClient client(server_->port());
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n");
  const std::string reply = client.ReadAll();
  EXPECT_TRUE(StartsWith(reply, "HTTP/1.1 400 "));
  EXPECT_TRUE(Contains(reply, "Connection: close"));
}

TEST_F(HttpServerTest, BoundsBodies) {
  ServerOptions options;
  options.max_body_bytes = 10'000;
  Start(options);
  RawClient declared(server_->port());
  declared.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10001\r\n\r\n");
  EXPECT_TRUE(StartsWith(declared.ReadAll(), "HTTP/1.1 413 "));
  RawClient chunked(server_->port());
  chunked.Send("POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2711\r\n" +
               std::string(10'001, 'x'));
  EXPECT_TRUE(StartsWith(chunked.ReadAll(), "HTTP/1.1 413 "));
  RawClient collected(server_->port());
  collected.Send(
      "POST /limited HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n" + std::string(1000, 'x') +
      "POST /limited HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x'));
  EXPECT_TRUE(collected.ReadReply().ends_with("\r\n\r\n1000"));
  EXPECT_TRUE(StartsWith(collected.ReadReply(), "HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, AHandlerThatFailsEndsTheReading) {
  Start();
  RawClient client(server_->port());
  client.Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\npoison");
  client.Send(std::string(300'000, 'x'));
  const std::string reply = client.ReadReply();
  EXPECT_TRUE(StartsWith(reply, "HTTP/1.1 400 "));
  EXPECT_TRUE(reply.ends_with("poisoned"));
}

TEST_F(HttpServerTest, HeadHasTheHeaderOfGetOnly) {
  Start();
  RawClient client(server_->port());
  client.Send(
      "HEAD /file HTTP/1.1\r\nHost: h\r\n\r\nHEAD /size-by-hand HTTP/1.1\r\nHost: h\r\n\r\n"
      "HEAD /source HTTP/1.1\r\nHost: h\r\n\r\nGET /no-content HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(Contains(client.ReadUntil("\r\n\r\n"), "Content-Length: 100012\r\n"));
  EXPECT_TRUE(Contains(client.ReadUntil("\r\n\r\n"), "Content-Length: 12345\r\n"));
  EXPECT_TRUE(Contains(client.ReadUntil("\r\n\r\n"), "Transfer-Encoding: chunked\r\n"));
  const std::string empty = client.ReadUntil("\r\n\r\n");
  EXPECT_TRUE(StartsWith(empty, "HTTP/1.1 204 No Content\r\n"));
  EXPECT_EQ(empty.find("Content-Length"), std::string::npos);
}

TEST_F(HttpServerTest, SendsFilesBetweenTexts) {
  Start();
  RawClient client(server_->port());
  const std::size_t size = 30'000'000;
  client.Send("GET /file?" + std::to_string(size) + " HTTP/1.1\r\nHost: h\r\n\r\n");
  std::this_thread::sleep_for(50ms);  // the socket's buffer fills
  const std::string reply = client.ReadReply();
  const std::string body = reply.substr(reply.find("\r\n\r\n") + 4);
  ASSERT_EQ(body.size(), size - 1 + 13);
  EXPECT_TRUE(body.starts_with("before|fff"));
  EXPECT_TRUE(body.ends_with("fff|after"));
  for (std::size_t i = 4096; i < size; i += 4096) {
    ASSERT_EQ(body[i - 1 + 7], static_cast<char>('a' + i / 4096 % 26)) << i;
  }
  EXPECT_TRUE(Eventually([&] { return LastLog() == "GET /file 200  0 30000012"; })) << LastLog();
}

TEST_F(HttpServerTest, SendsABodyWhileItIsMade) {
  Start();
  RawClient client(server_->port());
  client.Send("GET /source HTTP/1.1\r\nHost: h\r\n\r\n");
  const std::string reply = client.ReadUntil("0\r\n\r\n");
  EXPECT_TRUE(
      reply.ends_with("8\r\npiece 0;\r\n8\r\npiece 1;\r\n8\r\npiece 2;\r\n8\r\npiece 3;\r\n"
                      "8\r\npiece 4;\r\n0\r\n\r\n"))
      << reply;
  RawClient old(server_->port());
  old.Send("GET /source HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(old.ReadAll().ends_with("\r\n\r\npiece 0;piece 1;piece 2;piece 3;piece 4;"));
  RawClient broken(server_->port());
  broken.Send("GET /broken-source HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(broken.ReadAll().find("0\r\n\r\n"), std::string::npos);
  EXPECT_TRUE(Eventually([&] { return LastLog() == "GET /broken-source 200  0 24 broken"; }));
}

TEST_F(HttpServerTest, NoValueCanAddAHeader) {
  Start();
  RawClient client(server_->port());
  client.Send("GET /inject HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(Contains(client.ReadReply(), "X-Value: a  X-Evil: b\r\n"));
}

TEST_F(HttpServerTest, AnExceptionIsAnInternalErrorAndTheServerGoesOn) {
  Start();
  for (const std::string path : {"/throw", "/throw-later"}) {
    RawClient client(server_->port());
    client.Send("POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx");
    EXPECT_TRUE(StartsWith(client.ReadAll(), "HTTP/1.1 500 "));
  }
  RawClient client(server_->port());
  client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(StartsWith(client.ReadReply(), "HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, ReadsABodyNoFasterThanItIsTaken) {
  Start();
  RawClient client(server_->port());
  client.Send("PUT /take HTTP/1.1\r\nHost: h\r\nContent-Length: 40000000\r\n\r\n");
  std::jthread sender([&] { client.Send(std::string(40'000'000, 'x')); });
  ASSERT_TRUE(Eventually([&] { return service_.taken > 0; }));
  std::this_thread::sleep_for(50ms);
  EXPECT_LE(service_.taken, 256U * 1024);
  service_.Release();
  EXPECT_TRUE(client.ReadReply().ends_with("\r\n\r\n40000000"));
}

TEST_F(HttpServerTest, AClientThatLeavesEndsItsHandler) {
  Start();
  RawClient client(server_->port());
  client.Send("PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nstart");
  ASSERT_TRUE(Eventually([&] { return service_.started == 1; }));
  client.Abort();
  EXPECT_TRUE(Eventually([&] { return service_.destroyed_early == 1; }));
}

TEST_F(HttpServerTest, RefusesWhenTooManyWait) {
  ServerOptions options;
  options.worker_threads = 1;
  options.max_waiting_requests = 1;
  Start(options);
  const std::string request = "GET /wait HTTP/1.1\r\nHost: h\r\n\r\n";
  RawClient running(server_->port());
  running.Send(request);
  ASSERT_TRUE(Eventually([&] { return service_.waiting == 1; }));
  RawClient second(server_->port());
  second.Send(request);
  std::this_thread::sleep_for(100ms);
  RawClient third(server_->port());
  third.Send(request);
  EXPECT_TRUE(StartsWith(third.ReadReply(), "HTTP/1.1 503 "));
  service_.Release();
  EXPECT_TRUE(StartsWith(running.ReadReply(), "HTTP/1.1 200 "));
  EXPECT_TRUE(StartsWith(second.ReadReply(), "HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, BoundsConnections) {
  ServerOptions options;
  options.max_connections = 2;
  Start(options);
  const std::string request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  auto first = std::make_unique<RawClient>(server_->port());
  RawClient second(server_->port());
  first->Send(request);
  second.Send(request);
  EXPECT_TRUE(StartsWith(first->ReadReply(), "HTTP/1.1 200 "));
  EXPECT_TRUE(StartsWith(second.ReadReply(), "HTTP/1.1 200 "));
  RawClient third(server_->port());
  EXPECT_TRUE(StartsWith(third.ReadAll(), "HTTP/1.1 503 "));
  first.reset();
  EXPECT_TRUE(Eventually([&] {
    RawClient again(server_->port());
    again.Send(request);
    return again.ReadReply().starts_with("HTTP/1.1 200 ");
  }));
}

TEST_F(HttpServerTest, ServesManyConnectionsAtOnce) {
  ServerOptions options;
  options.io_threads = 2;
  Start(options);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 300; ++i) clients.push_back(std::make_unique<RawClient>(server_->port()));
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 300; ++i) {
      const std::string body = std::to_string(100'000 + i);
      clients[static_cast<std::size_t>(i)]->Send(
          "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\n" + body);
    }
    for (int i = 0; i < 300; ++i) {
      EXPECT_TRUE(clients[static_cast<std::size_t>(i)]->ReadReply().ends_with(
          "POST:" + std::to_string(100'000 + i)));
    }
  }
}

TEST_F(HttpServerTest, StopLetsRunningRequestsFinish) {
  Start();
  RawClient idle(server_->port());
  idle.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  idle.ReadReply();
  RawClient client(server_->port());
  client.Send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(Eventually([&] { return service_.waiting == 1; }));
  auto stopped = std::async(std::launch::async, [&] { server_->Stop(5s); });
  EXPECT_TRUE(idle.IsClosed());
  EXPECT_EQ(stopped.wait_for(50ms), std::future_status::timeout);
  service_.Release();
  const std::string reply = client.ReadAll();
  EXPECT_TRUE(StartsWith(reply, "HTTP/1.1 200 "));
  EXPECT_TRUE(Contains(reply, "Connection: close"));
  EXPECT_EQ(stopped.wait_for(2s), std::future_status::ready);
  RawClient late(server_->port());
  EXPECT_EQ(late.ReadAll(), "");
}

TEST_F(HttpServerTest, StopCutsWhatDoesNotFinish) {
  Start();
  RawClient reader(server_->port());
  reader.Send("GET /file?100000000 HTTP/1.1\r\nHost: h\r\n\r\n");  // nobody reads it
  RawClient writer(server_->port());
  writer.Send("PUT /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nstart");
  ASSERT_TRUE(Eventually([&] { return service_.started == 1; }));
  const auto start = std::chrono::steady_clock::now();
  server_->Stop(200ms);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
  EXPECT_EQ(service_.destroyed_early, 1);
}

TEST(HttpServer, TellsWhyItCannotListen) {
  TestService service;
  auto first = HttpServer::Start({}, service);
  ASSERT_TRUE(first);
  EXPECT_EQ((*first)->address(), "127.0.0.1:" + std::to_string((*first)->port()));
  ServerOptions taken;
  taken.port = (*first)->port();
  const auto second = HttpServer::Start(taken, service);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, Reason::kUnavailable);
  ServerOptions bad;
  bad.host = "not an address";
  const auto third = HttpServer::Start(bad, service);
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().reason, Reason::kInvalidArgument);
}

}  // namespace
}  // namespace owlet::net
