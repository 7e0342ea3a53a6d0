#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/encoding.h"
#include "protocol/s3/bucket_documents.h"
#include "protocol/s3/operations.h"
#include "protocol/s3/setting_checks.h"

// The settings of a bucket that are kept as the documents that clients sent: CORS, website,
// lifecycle, encryption, logging ... What stands in them is checked when it is put.

namespace owlet::s3 {
namespace {

namespace ops = aws::s3::operations;
using store::BucketSetting;

/// Answers the kept document, or `absent` with its message.
template <class Operation>
void AddGet(ObjectStore& store, protocol::RestXmlService& service, BucketSetting setting,
            std::string_view action, std::string_view absent, std::string_view message) {
  service.On<Operation>(
      [&store, setting, action, absent, message](
          const Context& context,
          const typename Operation::Request& request) -> Result<typename Operation::Reply> {
        OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
        OWLET_TRY(const auto document,
                  store.GetBucketSetting(context.principal, bucket, setting, action));
        typename Operation::Reply reply;
        if (document && !document->empty()) {
          OWLET_CHECK_OK(FillFromDocument<Operation>(*document, reply));
          return reply;
        }
        // Some absences are an empty document.
        if (absent.empty()) return reply;
        return Fail(Reason::kEntityNotFound, std::string(message), std::string(absent));
      });
}

/// Rules that came without an id get one.
void NameRules(std::vector<aws::s3::LifecycleRule>& rules) {
  for (aws::s3::LifecycleRule& rule : rules) {
    if (!rule.id || rule.id->empty()) rule.id = EncodeBase64(RandomBytes(36));
  }
}

/// Keeps the document, when `check` has nothing against it.
template <class Operation, class Check>
void AddPut(ObjectStore& store, protocol::RestXmlService& service, BucketSetting setting,
            std::string_view action, Check check) {
  service.On<Operation>(
      [&store, setting, action, check](
          const Context& context,
          const typename Operation::Request& request) -> Result<typename Operation::Reply> {
        OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
        if constexpr (std::is_invocable_v<Check, ObjectStore&, const Context&,
                                          const typename Operation::Request&>) {
          OWLET_CHECK_OK(store.DescribeBucket(context.principal, bucket, action));
          OWLET_CHECK_OK(check(store, context, request));
        } else {
          OWLET_CHECK_OK(check(request));
        }
        typename Operation::Request kept = request;
        if constexpr (requires { kept.lifecycle_configuration; }) {
          NameRules(kept.lifecycle_configuration->rules);
        }
        OWLET_CHECK_OK(store.SetBucketSetting(context.principal, bucket, setting,
                                              DocumentOf<Operation>(kept), action));
        return typename Operation::Reply();
      });
}

template <class Operation>
void AddDelete(ObjectStore& store, protocol::RestXmlService& service, BucketSetting setting,
               std::string_view action) {
  service.On<Operation>(
      [&store, setting, action](
          const Context& context,
          const typename Operation::Request& request) -> Result<typename Operation::Reply> {
        OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
        OWLET_CHECK_OK(
            store.SetBucketSetting(context.principal, bucket, setting, std::nullopt, action));
        return typename Operation::Reply();
      });
}

void AddWebsiteAndCors(ObjectStore& store, protocol::RestXmlService& service) {
  AddGet<ops::GetBucketCors>(store, service, BucketSetting::kCors, "s3:GetBucketCORS",
                             "NoSuchCORSConfiguration", "The CORS configuration does not exist");
  AddPut<ops::PutBucketCors>(store, service, BucketSetting::kCors, "s3:PutBucketCORS", CheckCors);
  AddDelete<ops::DeleteBucketCors>(store, service, BucketSetting::kCors, "s3:PutBucketCORS");
  AddGet<ops::GetBucketWebsite>(store, service, BucketSetting::kWebsite, "s3:GetBucketWebsite",
                                "NoSuchWebsiteConfiguration",
                                "The specified bucket does not have a website configuration");
  AddPut<ops::PutBucketWebsite>(store, service, BucketSetting::kWebsite, "s3:PutBucketWebsite",
                                CheckWebsite);
  AddDelete<ops::DeleteBucketWebsite>(store, service, BucketSetting::kWebsite,
                                      "s3:DeleteBucketWebsite");
}

void AddLifecycleAndEncryption(ObjectStore& store, protocol::RestXmlService& service) {
  AddGet<ops::GetBucketLifecycleConfiguration>(
      store, service, BucketSetting::kLifecycle, "s3:GetLifecycleConfiguration",
      "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist");
  AddPut<ops::PutBucketLifecycleConfiguration>(store, service, BucketSetting::kLifecycle,
                                               "s3:PutLifecycleConfiguration", CheckLifecycle);
  AddDelete<ops::DeleteBucketLifecycle>(store, service, BucketSetting::kLifecycle,
                                        "s3:PutLifecycleConfiguration");
  AddGet<ops::GetBucketEncryption>(store, service, BucketSetting::kEncryption,
                                   "s3:GetEncryptionConfiguration",
                                   "ServerSideEncryptionConfigurationNotFoundError",
                                   "The server side encryption configuration was not found");
  AddPut<ops::PutBucketEncryption>(store, service, BucketSetting::kEncryption,
                                   "s3:PutEncryptionConfiguration", CheckEncryption);
  AddDelete<ops::DeleteBucketEncryption>(store, service, BucketSetting::kEncryption,
                                         "s3:PutEncryptionConfiguration");
}

}  // namespace

void AddBucketSettings(ObjectStore& store, protocol::RestXmlService& service) {
  AddWebsiteAndCors(store, service);
  AddLifecycleAndEncryption(store, service);
  AddGet<ops::GetBucketLogging>(store, service, BucketSetting::kLogging, "s3:GetBucketLogging", {},
                                {});
  AddPut<ops::PutBucketLogging>(store, service, BucketSetting::kLogging, "s3:PutBucketLogging",
                                CheckLogging);
  AddGet<ops::GetBucketAccelerateConfiguration>(store, service, BucketSetting::kAccelerate,
                                                "s3:GetAccelerateConfiguration", {}, {});
  AddPut<ops::PutBucketAccelerateConfiguration>(store, service, BucketSetting::kAccelerate,
                                                "s3:PutAccelerateConfiguration", CheckAccelerate);
  AddPut<ops::PutBucketRequestPayment>(store, service, BucketSetting::kRequestPayment,
                                       "s3:PutBucketRequestPayment", CheckRequestPayment);
  service.On<ops::GetBucketRequestPayment>(
      [&store](const Context& context, const aws::s3::GetBucketRequestPaymentRequest& request)
          -> Result<aws::s3::GetBucketRequestPaymentOutput> {
        OWLET_TRY(const auto bucket, store::BucketName::Parse(request.bucket));
        OWLET_TRY(const auto document,
                  store.GetBucketSetting(context.principal, bucket, BucketSetting::kRequestPayment,
                                         "s3:GetBucketRequestPayment"));
        aws::s3::GetBucketRequestPaymentOutput reply{.payer = "BucketOwner"};
        if (document) {
          OWLET_CHECK_OK(FillFromDocument<ops::GetBucketRequestPayment>(*document, reply));
        }
        return reply;
      });
}

}  // namespace owlet::s3
