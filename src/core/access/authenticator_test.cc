#include "core/access/authenticator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "base/digest.h"
#include "core/access/botocore_fixture.h"
#include "core/access/request_time.h"
#include "core/access/sigv4.h"

namespace owlet::access {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;
using HeaderList = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kKeyId = "AKIAIOSFODNN7EXAMPLE";
constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

class FixedKeys final : public CredentialSource {
 public:
  FixedKeys() {
    Credentials user;
    user.access_key_id = kKeyId;
    user.secret_access_key = kSecret;
    user.principal.kind = PrincipalKind::kUser;
    user.principal.name = "ann";
    keys_["AKIAIOSFODNN7EXAMPLE"] = user;
    Credentials session;
    session.access_key_id = "ASIAIOSFODNN7EXAMPLE";
    session.secret_access_key = "temporary+secret/key";
    session.session_token = "token+with/characters==";
    session.expires = ParsePolicyTime("2026-01-31T12:30:00Z");
    session.principal.kind = PrincipalKind::kAssumedRole;
    session.principal.name = "role";
    keys_["ASIAIOSFODNN7EXAMPLE"] = session;
  }
  Result<Credentials> FindCredentials(std::string_view id) const override {
    const auto found = keys_.find(id);
    if (found == keys_.end()) return Fail(Reason::kUnknownAccessKey, "no such key");
    return found->second;
  }

 private:
  std::map<std::string, Credentials, std::less<>> keys_;
};

RequestView ViewOf(const SignedRequest& request) {
  return {.method = request.method,
          .raw_path = request.raw_path,
          .raw_query = request.raw_query,
          .headers = request.headers};
}

class AuthenticatorTest : public ::testing::Test {
 protected:
  static Timestamp At(std::string_view text) { return *ParsePolicyTime(text); }

  Result<Authentication> Check(const SignedRequest& request) {
    if (request.service == "s3") return authenticator_.AuthenticateS3(ViewOf(request));
    return authenticator_.Authenticate(ViewOf(request), request.service, request.body);
  }

  static SignedRequest Named(std::string_view name) {
    for (const SignedRequest& request : BotocoreRequests()) {
      if (request.name == name) return request;
    }
    ADD_FAILURE() << "no recorded request " << name;
    return {};
  }

  static std::string& HeaderOf(SignedRequest& request, std::string_view name) {
    for (auto& [key, value] : request.headers) {
      if (key == name) return value;
    }
    return request.headers.emplace_back(std::string(name), "").second;
  }

  FixedKeys keys_;
  ManualClock clock_{At("2026-01-31T12:00:10Z")};
  Authenticator authenticator_{keys_, clock_, {}};
};

TEST_F(AuthenticatorTest, AcceptsWhatBotocoreSigns) {
  for (const SignedRequest& request : BotocoreRequests()) {
    const auto result = Check(request);
    ASSERT_TRUE(result) << request.name << ": " << result.error().message << "\n"
                        << result.error().Parameter("CanonicalRequest") << "\n"
                        << result.error().Parameter("StringToSign");
    const bool with_token = request.name.find("Token") != std::string::npos;
    EXPECT_EQ(result->principal.name, with_token ? "role" : "ann") << request.name;
    EXPECT_EQ(result->presigned, request.name.find("resigned") != std::string::npos);
    if (request.service != "s3") {
      EXPECT_EQ(SignedService(ViewOf(request)), request.service);
    }
  }
}

TEST_F(AuthenticatorTest, RefusesEveryChangeOfWhatIsSigned) {
  for (const SignedRequest& original : BotocoreRequests()) {
    SignedRequest method = original;
    method.method = "DELETE";
    SignedRequest path = original;
    path.raw_path += "x";
    SignedRequest query = original;
    query.raw_query += query.raw_query.empty() ? "versionId=1" : "&versionId=1";
    for (const SignedRequest& changed : {method, path, query}) {
      const auto result = Check(changed);
      ASSERT_FALSE(result) << original.name;
      EXPECT_EQ(result.error().reason, Reason::kSignatureMismatch) << result.error().message;
      EXPECT_EQ(result.error().condition, "SignatureDoesNotMatch");
      EXPECT_NE(result.error().Parameter("StringToSign"), "");
    }
  }
  SignedRequest body = Named("Glue");
  body.body += " ";
  EXPECT_EQ(Check(body).error().reason, Reason::kSignatureMismatch);
  SignedRequest header = Named("GetObjectRange");
  HeaderOf(header, "Range") = "bytes=0-10";
  EXPECT_EQ(Check(header).error().reason, Reason::kSignatureMismatch);
}

TEST_F(AuthenticatorTest, ShowsWhatItSigned) {
  SignedRequest request = Named("GetObject");
  request.raw_query = "b=2&a=1%201";
  const auto result = Check(request);
  ASSERT_FALSE(result);
  const Error& error = result.error();
  EXPECT_EQ(error.Parameter("AWSAccessKeyId"), kKeyId);
  EXPECT_EQ(error.Parameter("CanonicalRequest"),
            "GET\n/bucket/key\na=1%201&b=2\nhost:127.0.0.1:9000\n"
            "x-amz-content-sha256:" +
                std::string(kEmptySha256) +
                "\nx-amz-date:20260131T120000Z\n\nhost;x-amz-content-sha256;x-amz-date\n" +
                std::string(kEmptySha256));
  EXPECT_THAT(
      std::string(error.Parameter("StringToSign")),
      HasSubstr("AWS4-HMAC-SHA256\n20260131T120000Z\n20260131/us-east-1/s3/aws4_request\n"));
  EXPECT_THAT(std::string(error.Parameter("StringToSignBytes")), HasSubstr("41 57 53 34 2d 48"));
  EXPECT_EQ(error.Parameter("SignatureProvided"),
            "1db5cec9dbeaa61ff8869a33c9fd5b9bc645e82765031691090cdb41055da8a8");
}

TEST_F(AuthenticatorTest, HeadersThatMeanSomethingMustBeSigned) {
  SignedRequest request = Named("GetObject");
  HeaderOf(request, "x-amz-copy-source") = "/other/key";
  const auto result = Check(request);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, Reason::kAccessDenied);
  EXPECT_EQ(result.error().Parameter("HeadersNotSigned"), "x-amz-copy-source");
}

TEST_F(AuthenticatorTest, LooksAtTheTime) {
  clock_.Set(At("2026-01-31T12:15:01Z"));
  EXPECT_EQ(Check(Named("GetObject")).error().condition, "RequestTimeTooSkewed");
  EXPECT_EQ(Check(Named("Glue")).error().reason, Reason::kClockSkew);
  EXPECT_EQ(Check(Named("Version2Header")).error().reason, Reason::kClockSkew);
  // The presigned ones are good for 600 s.
  for (const auto* name : {"PresignedGet", "Version2PresignedGet"}) {
    const auto result = Check(Named(name));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, Reason::kRequestExpired);
    EXPECT_EQ(result.error().message, "Request has expired");
    EXPECT_EQ(result.error().Parameter("Expires"), "2026-01-31T12:10:00.000Z");
  }
  clock_.Set(At("2026-01-31T11:44:59Z"));
  EXPECT_EQ(Check(Named("GetObject")).error().reason, Reason::kClockSkew);
  EXPECT_EQ(Check(Named("PresignedGet")).error().reason, Reason::kRequestExpired);
  clock_.Set(At("2026-01-31T12:30:00Z"));
  EXPECT_EQ(Check(Named("SessionToken")).error().condition, "ExpiredToken");
  EXPECT_EQ(Check(Named("StsWithToken")).error().reason, Reason::kExpiredToken);
}

TEST_F(AuthenticatorTest, LooksAtKeyAndToken) {
  SignedRequest request = Named("GetObject");
  std::string& header = HeaderOf(request, "Authorization");
  header.replace(header.find(kKeyId), kKeyId.size(), "AKIANOSUCHKEYEXISTS0");
  const auto unknown = Check(request);
  EXPECT_EQ(unknown.error().condition, "InvalidAccessKeyId");
  EXPECT_EQ(unknown.error().Parameter("AWSAccessKeyId"), "AKIANOSUCHKEYEXISTS0");
  SignedRequest token = Named("SessionToken");
  HeaderOf(token, "X-Amz-Security-Token") = "another";
  EXPECT_EQ(Check(token).error().condition, "InvalidToken");
  SignedRequest extra = Named("GetObject");
  HeaderOf(extra, "X-Amz-Security-Token") = "a token that the key does not have";
  EXPECT_EQ(Check(extra).error().condition, "InvalidToken");
}

TEST_F(AuthenticatorTest, NamesWhatIsMalformed) {
  const auto with_authorization = [&](const std::string& value) {
    SignedRequest request = Named("GetObject");
    HeaderOf(request, "Authorization") = value;
    const auto result = Check(request);
    return result ? std::string("accepted") : result.error().condition;
  };
  EXPECT_EQ(with_authorization("AWS4-HMAC-SHA256"), "AuthorizationHeaderMalformed");
  EXPECT_EQ(with_authorization("AWS4-HMAC-SHA256 Credential=x, SignedHeaders=host, Signature=1"),
            "AuthorizationHeaderMalformed");
  EXPECT_EQ(with_authorization("AWS4-HMAC-SHA256 Credential=a/2026/us-east-1/s3/aws4_request, "
                               "SignedHeaders=host, Signature=1"),
            "AuthorizationHeaderMalformed");
  EXPECT_EQ(with_authorization("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260131/"
                               "us-east-1/glue/aws4_request, SignedHeaders=host, Signature=1"),
            "AuthorizationHeaderMalformed");
  EXPECT_EQ(with_authorization("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260130/"
                               "us-east-1/s3/aws4_request, SignedHeaders=host, Signature=1"),
            "AuthorizationHeaderMalformed");
  EXPECT_EQ(with_authorization("Basic abc"), "InvalidArgument");
  EXPECT_EQ(with_authorization("AWS nocolon"), "InvalidArgument");
  EXPECT_EQ(with_authorization("AWS4-ECDSA-P256-SHA256 Credential=x"), "NotImplemented");
  SignedRequest both = Named("PresignedGet");
  HeaderOf(both, "Authorization") = "AWS4-HMAC-SHA256 Credential=x";
  EXPECT_EQ(Check(both).error().condition, "InvalidArgument");
  SignedRequest expires = Named("PresignedGet");
  expires.raw_query.replace(expires.raw_query.find("Expires=600"), 11, "Expires=604801");
  EXPECT_EQ(Check(expires).error().condition, "AuthorizationQueryParametersError");
  SignedRequest hash = Named("GetObject");
  HeaderOf(hash, "X-Amz-Content-SHA256") = "nonsense";
  EXPECT_EQ(Check(hash).error().condition, "InvalidArgument");
}

TEST_F(AuthenticatorTest, ARequestWithoutSignatureIsAnonymousOnlyForS3) {
  const HeaderList headers = {{"Host", "h"}};
  const RequestView request{
      .method = "GET", .raw_path = "/b/k", .raw_query = "", .headers = headers};
  const auto result = authenticator_.AuthenticateS3(request);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->principal.IsAnonymous());
  EXPECT_EQ(authenticator_.Authenticate(request, "glue", "").error().reason,
            Reason::kMissingCredentials);
}

TEST_F(AuthenticatorTest, EverybodyIsRootWhenAuthenticationIsOff) {
  const Authenticator off(keys_, clock_, {.everybody_is_root = true});
  SignedRequest request = Named("GetObject");
  HeaderOf(request, "Authorization") = "AWS4-HMAC-SHA256 Credential=nobody";
  EXPECT_TRUE(off.AuthenticateS3(ViewOf(request))->principal.IsRoot());
  EXPECT_TRUE(off.Authenticate(ViewOf(request), "glue", "")->principal.IsRoot());
}

TEST_F(AuthenticatorTest, SurvivesAnyBytes) {
  std::mt19937 random(7);
  const std::vector<std::string> pieces = {"AWS4-HMAC-SHA256",
                                           "AWS ",
                                           " ",
                                           ",",
                                           ":",
                                           "Credential=",
                                           "SignedHeaders=",
                                           "Signature=",
                                           "AKIAIOSFODNN7EXAMPLE",
                                           "/20260131/us-east-1/s3/aws4_request",
                                           "host",
                                           ";",
                                           "%",
                                           "%2F",
                                           "&",
                                           "X-Amz-Algorithm=AWS4-HMAC-SHA256",
                                           "X-Amz-Credential=",
                                           "X-Amz-Date=20260131T120000Z",
                                           "X-Amz-Expires=",
                                           "X-Amz-Signature=",
                                           "X-Amz-SignedHeaders=",
                                           "99999999999999999999",
                                           "-1",
                                           "AWSAccessKeyId=",
                                           "Expires=",
                                           std::string(1, '\0'),
                                           "\xff",
                                           "="};
  const auto any = [&] {
    std::string text;
    for (std::size_t i = random() % 12; i > 0; --i) text += pieces[random() % pieces.size()];
    return text;
  };
  for (int round = 0; round < 20'000; ++round) {
    const HeaderList headers = {
        {"Host", "h"}, {"Authorization", any()}, {"x-amz-content-sha256", any()}, {"Date", any()}};
    const std::string path = "/" + any();
    const std::string query = any();
    const auto shown = std::span(headers).first(random() % 5);
    const RequestView request{
        .method = "GET", .raw_path = path, .raw_query = query, .headers = shown};
    const auto s3 = authenticator_.AuthenticateS3(request);
    EXPECT_TRUE(!s3 || s3->principal.IsAnonymous());
    EXPECT_FALSE(authenticator_.Authenticate(request, "glue", path));
    EXPECT_LE(SignedService(request).size(), query.size() + 200);
  }
}

// The examples of "Authenticating Requests (AWS Signature Version 4)" in the S3 API reference.
class DocumentedExamples : public ::testing::Test {
 protected:
  std::string Sign(const std::string& method, const std::string& path, const std::string& query,
                   HeaderList headers, std::string_view payload_hash, bool presigned = false) {
    headers.emplace_back("Host", "examplebucket.s3.amazonaws.com");
    if (!presigned) {
      headers.emplace_back("x-amz-date", "20130524T000000Z");
      headers.emplace_back("x-amz-content-sha256", std::string(payload_hash));
    }
    SignatureClaim claim;
    claim.presigned = presigned;
    claim.scope = {.date = "20130524", .region = "us-east-1", .service = "s3"};
    claim.timestamp = "20130524T000000Z";
    for (const auto& [name, value] : headers) claim.signed_headers.push_back(name);
    for (std::string& name : claim.signed_headers) {
      for (char& c : name) c = static_cast<char>(std::tolower(c));
    }
    std::ranges::sort(claim.signed_headers);
    const RequestView request{
        .method = method, .raw_path = path, .raw_query = query, .headers = headers};
    const std::string canonical = CanonicalRequest(request, claim, PathForm::kOnce, payload_hash);
    return SignatureOf(SigningKey(kSecret, claim.scope), StringToSign(claim, canonical));
  }
};

TEST_F(DocumentedExamples, Headers) {
  EXPECT_EQ(Sign("GET", "/test.txt", "", {{"Range", "bytes=0-9"}}, kEmptySha256),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  EXPECT_EQ(Sign("PUT", "/test$file.text", "",
                 {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                  {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                 Sha256Hex("Welcome to Amazon S3.")),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  EXPECT_EQ(Sign("GET", "/", "lifecycle", {}, kEmptySha256),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  EXPECT_EQ(Sign("GET", "/", "max-keys=2&prefix=J", {}, kEmptySha256),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST_F(DocumentedExamples, PresignedUrl) {
  EXPECT_EQ(Sign("GET", "/test.txt",
                 "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524"
                 "%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&"
                 "X-Amz-SignedHeaders=host",
                 {}, kUnsignedPayload, true),
            "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(RequestTime, ReadsTheFormsOfHeadersAndPolicies) {
  EXPECT_EQ(FormatBasicIso8601(*ParseBasicTime("20260131T235959Z")), "20260131T235959Z");
  EXPECT_EQ(FormatBasicIso8601(*ParseHttpTime("Sat, 31 Jan 2026 23:59:59 GMT")),
            "20260131T235959Z");
  EXPECT_EQ(FormatBasicIso8601(*ParsePolicyTime("2026-01-31T23:59:59.5+01:00")),
            "20260131T225959Z");
  EXPECT_EQ(FormatBasicIso8601(*ParsePolicyTime("2026-01-31")), "20260131T000000Z");
  for (const auto* bad : {"", "2026", "20260131T235959", "20261331T235959Z", "20260131T245959Z",
                          "20260131T235959Zx"}) {
    EXPECT_FALSE(ParseBasicTime(bad)) << bad;
  }
  EXPECT_FALSE(ParseHttpTime("Sat, 31 Foo 2026 23:59:59 GMT"));
  EXPECT_FALSE(ParseHttpTime("Sat, 31 Jan 2026 23:59:59"));
  EXPECT_FALSE(ParsePolicyTime("2026-01-31T23:59:59Zx"));
}

}  // namespace
}  // namespace owlet::access
