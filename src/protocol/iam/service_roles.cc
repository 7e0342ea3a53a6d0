#include <array>

#include "base/digest.h"
#include "base/encoding.h"
#include "protocol/iam/handlers.h"
#include "protocol/iam/wire_model.h"

// Service-linked roles: made for one service of AWS, with the name that AWS gives them.

namespace owlet::iam {
namespace {

namespace wire = aws::iam;

struct LinkedService {
  std::string_view service;
  std::string_view role;
};

constexpr std::array kLinkedServices = {
    LinkedService{"elasticmapreduce.amazonaws.com", "AWSServiceRoleForEMRCleanup"},
    LinkedService{"ops.emr-serverless.amazonaws.com", "AWSServiceRoleForAmazonEMRServerless"},
    LinkedService{"emr-containers.amazonaws.com", "AWSServiceRoleForAmazonEMRContainers"},
    LinkedService{"lakeformation.amazonaws.com", "AWSServiceRoleForLakeFormationDataAccess"},
    LinkedService{"spot.amazonaws.com", "AWSServiceRoleForEC2Spot"},
    LinkedService{"autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling"},
    LinkedService{"support.amazonaws.com", "AWSServiceRoleForSupport"},
};

constexpr std::string_view kPath = "/aws-service-role/";

Result<wire::CreateServiceLinkedRoleResponse> CreateServiceLinkedRole(
    const Call& call, const wire::CreateServiceLinkedRoleRequest& request) {
  const auto known = std::ranges::find(kLinkedServices, std::string_view(request.aws_service_name),
                                       &LinkedService::service);
  if (known == kLinkedServices.end()) {
    return Fail(Reason::kInvalidArgument,
                "owlet knows no service-linked role of " + request.aws_service_name,
                "InvalidInput");
  }
  access::Role wanted;
  wanted.name = known->role;
  if (request.custom_suffix) wanted.name += "_" + *request.custom_suffix;
  wanted.path = std::string(kPath) + request.aws_service_name + "/";
  wanted.description = request.description.value_or("");
  wanted.trust_policy =
      R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":[")" +
      request.aws_service_name + R"("]},"Action":["sts:AssumeRole"]}]})";
  const auto role = call.identities.CreateRole(std::move(wanted));
  if (!role && role.error().reason == Reason::kEntityExists) {
    return Fail(Reason::kInvalidArgument,
                "Service role name " + std::string(known->role) +
                    " has been taken in this account, please try a different suffix.",
                "InvalidInput");
  }
  if (!role) return std::unexpected(role.error());
  wire::CreateServiceLinkedRoleResponse reply;
  reply.role = ToWire(*role, /*with_tags=*/false);
  return reply;
}

/// Nothing here uses such a role, so that it is gone at once; the task says so.
Result<wire::DeleteServiceLinkedRoleResponse> DeleteServiceLinkedRole(
    const Call& call, const wire::DeleteServiceLinkedRoleRequest& request) {
  OWLET_TRY(const access::Role role, call.identities.FindRole(request.role_name));
  if (!role.path.starts_with(kPath)) {
    return Fail(Reason::kInvalidArgument, request.role_name + " is not a service-linked role.",
                "InvalidInput");
  }
  OWLET_CHECK_OK(call.identities.DeleteRole(request.role_name));
  wire::DeleteServiceLinkedRoleResponse reply;
  reply.deletion_task_id = "task" + role.path + role.name + "/" + EncodeHex(RandomBytes(16));
  return reply;
}

Result<wire::GetServiceLinkedRoleDeletionStatusResponse> GetServiceLinkedRoleDeletionStatus(
    const Call& call, const wire::GetServiceLinkedRoleDeletionStatusRequest& request) {
  const std::string& task = request.deletion_task_id;
  const std::size_t last = task.rfind('/');
  const std::size_t before =
      last == std::string::npos || last == 0 ? std::string::npos : task.rfind('/', last - 1);
  if (!task.starts_with("task" + std::string(kPath)) || before == std::string::npos) {
    return Fail(Reason::kEntityNotFound, "The deletion task " + task + " cannot be found.",
                "NoSuchEntity");
  }
  const std::string name = task.substr(before + 1, last - before - 1);
  wire::GetServiceLinkedRoleDeletionStatusResponse reply;
  reply.status = call.identities.FindRole(name) ? "FAILED" : "SUCCEEDED";
  return reply;
}

}  // namespace

void RegisterServiceRoles(Registrar& registrar) {
  namespace operations = aws::iam::operations;
  registrar.On<operations::CreateServiceLinkedRole>(CreateServiceLinkedRole);
  registrar.On<operations::DeleteServiceLinkedRole>(DeleteServiceLinkedRole);
  registrar.On<operations::GetServiceLinkedRoleDeletionStatus>(GetServiceLinkedRoleDeletionStatus);
}

}  // namespace owlet::iam
