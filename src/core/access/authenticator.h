#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "core/access/credentials.h"
#include "core/access/payload.h"
#include "core/access/principal.h"
#include "core/access/request_view.h"

namespace owlet::access {

/// Who signed a request and how.
struct Authentication {
  Principal principal;
  /// Of the credential scope; empty for anonymous requests and SigV2.
  std::string region;
  std::string service;
  bool presigned = false;
  /// S3 only: hand it to MakePayloadReader and send the body through that.
  PayloadTerms payload;
};

/// The service that a request's signature is meant for ("s3", "athena", "sts" ...), from the
/// Authorization header or X-Amz-Credential, unchecked: for routing. Empty when it names none.
[[nodiscard]] std::string_view SignedService(const RequestView& request);

/// Tells who sent a request: AWS Signature Version 4 in the Authorization header or in the query
/// (presigned URL), for S3 also Version 2 in either place (boto3 presigns with it over a custom
/// endpoint). Thread-safe; keeps nothing of a request.
///
/// Errors: kMissingCredentials, kMalformedRequest (condition "AuthorizationHeaderMalformed",
/// "AuthorizationQueryParametersError", "InvalidRequest"...), kUnknownAccessKey
/// ("InvalidAccessKeyId"), kSignatureMismatch ("SignatureDoesNotMatch", with the parameters
/// AWSAccessKeyId, StringToSign, SignatureProvided, StringToSignBytes, CanonicalRequest,
/// CanonicalRequestBytes that S3 puts into its reply), kClockSkew ("RequestTimeTooSkewed"),
/// kRequestExpired ("AccessDenied", "Request has expired"), kExpiredToken ("ExpiredToken"),
/// kDigestMismatch ("XAmzContentSHA256Mismatch"). `condition` is S3's code: other services name
/// theirs from the Reason.
class Authenticator {
 public:
  struct Options {
    /// Authentication is off (`--anonymous`): everybody is root, signatures are not looked at.
    bool everybody_is_root = false;
    std::string account_id{kDefaultAccount};
  };

  /// Both must outlive it.
  Authenticator(const CredentialSource& credentials, const Clock& clock, Options options);

  /// An S3 request: the header alone decides, the body is checked by the PayloadReader while it is
  /// read. A request without any signature is Principal::Anonymous(). `virtual_bucket` is the
  /// bucket that the Host header names (virtual-host style): Version 2 signs it.
  [[nodiscard]] Result<Authentication> AuthenticateS3(const RequestView& request,
                                                      std::string_view virtual_bucket = {}) const;

  /// A form that a browser posts to S3: its policy is what is signed, by either version.
  /// Principal:: Anonymous() for a form with neither policy nor signature. kUnknownAccessKey,
  /// kSignatureMismatch, kMalformedRequest, kExpiredToken.
  struct FormClaim {
    std::string_view policy;  // Base64, as it was sent
    std::string_view access_key_id;
    std::string_view signature;
    std::string_view credential;  // of version 4: "KEY/20260131/us-east-1/s3/aws4_request"
    std::string_view session_token;
  };
  [[nodiscard]] Result<Principal> AuthenticateForm(const FormClaim& claim) const;

  /// A request of any other service, with its whole body. A request without a signature is
  /// kMissingCredentials.
  [[nodiscard]] Result<Authentication> Authenticate(const RequestView& request,
                                                    std::string_view service,
                                                    std::string_view body) const;

 private:
  const CredentialSource& credentials_;
  const Clock& clock_;
  Options options_;
};

}  // namespace owlet::access
