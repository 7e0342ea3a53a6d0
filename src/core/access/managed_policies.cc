#include "core/access/managed_policies.h"

#include <array>

namespace owlet::access {
namespace {

struct Provided {
  std::string_view path;
  std::string_view name;
  std::string_view description;
  std::string_view actions;  // as a JSON list's inside
};

constexpr std::array kProvided = {
    Provided{"/", "AdministratorAccess", "Everything.", R"("*")"},
    Provided{"/", "ReadOnlyAccess", "Reads of all services.",
             R"("s3:Get*","s3:List*","athena:Get*","athena:List*","athena:BatchGet*","glue:Get*",
                "glue:List*","glue:BatchGet*","glue:SearchTables","elasticmapreduce:Describe*",
                "elasticmapreduce:List*","elasticmapreduce:Get*","iam:Get*","iam:List*",
                "sts:GetCallerIdentity","sts:GetAccessKeyInfo")"},
    Provided{"/", "IAMFullAccess", "Everything of IAM.", R"("iam:*")"},
    Provided{"/", "IAMReadOnlyAccess", "Reads of IAM.", R"("iam:Get*","iam:List*")"},
    Provided{"/", "AmazonS3FullAccess", "Everything of S3.", R"("s3:*","s3-object-lambda:*")"},
    Provided{"/", "AmazonS3ReadOnlyAccess", "Reads of S3.",
             R"("s3:Get*","s3:List*","s3:Describe*","s3-object-lambda:Get*",
                "s3-object-lambda:List*")"},
    Provided{"/", "AmazonAthenaFullAccess",
             "Everything of Athena, with the catalog and the objects that queries need.",
             R"("athena:*","glue:CreateDatabase","glue:DeleteDatabase","glue:GetDatabase",
                "glue:GetDatabases","glue:UpdateDatabase","glue:CreateTable","glue:DeleteTable",
                "glue:BatchDeleteTable","glue:UpdateTable","glue:GetTable","glue:GetTables",
                "glue:BatchCreatePartition","glue:CreatePartition","glue:DeletePartition",
                "glue:BatchDeletePartition","glue:UpdatePartition","glue:GetPartition",
                "glue:GetPartitions","glue:BatchGetPartition","s3:GetBucketLocation",
                "s3:GetObject","s3:ListBucket","s3:ListBucketMultipartUploads",
                "s3:ListMultipartUploadParts","s3:AbortMultipartUpload","s3:CreateBucket",
                "s3:PutObject","s3:PutBucketPublicAccessBlock","s3:ListAllMyBuckets",
                "lakeformation:GetDataAccess")"},
    Provided{"/", "AWSGlueConsoleFullAccess", "Everything of Glue, with the objects it needs.",
             R"("glue:*","s3:ListAllMyBuckets","s3:ListBucket","s3:GetBucketAcl",
                "s3:GetBucketLocation","s3:CreateBucket","s3:GetObject","s3:PutObject",
                "iam:ListRoles","iam:ListUsers","iam:ListRolePolicies","iam:GetRole",
                "iam:GetRolePolicy","iam:PassRole")"},
    Provided{"/service-role/", "AWSGlueServiceRole", "What jobs and crawlers of Glue do.",
             R"("glue:*","s3:GetBucketLocation","s3:ListBucket","s3:ListAllMyBuckets",
                "s3:GetBucketAcl","s3:CreateBucket","s3:GetObject","s3:PutObject",
                "s3:DeleteObject","iam:ListRolePolicies","iam:GetRole","iam:GetRolePolicy",
                "cloudwatch:PutMetricData","logs:CreateLogGroup","logs:CreateLogStream",
                "logs:PutLogEvents")"},
    Provided{"/service-role/", "AmazonElasticMapReduceforEC2Role",
             "What the instances of a cluster do.",
             R"("s3:*","glue:CreateDatabase","glue:UpdateDatabase","glue:DeleteDatabase",
                "glue:GetDatabase","glue:GetDatabases","glue:CreateTable","glue:UpdateTable",
                "glue:DeleteTable","glue:GetTable","glue:GetTables","glue:GetTableVersions",
                "glue:CreatePartition","glue:BatchCreatePartition","glue:UpdatePartition",
                "glue:DeletePartition","glue:BatchDeletePartition","glue:GetPartition",
                "glue:GetPartitions","glue:BatchGetPartition","glue:CreateUserDefinedFunction",
                "glue:UpdateUserDefinedFunction","glue:DeleteUserDefinedFunction",
                "glue:GetUserDefinedFunction","glue:GetUserDefinedFunctions","dynamodb:*",
                "cloudwatch:*","ec2:Describe*","elasticmapreduce:Describe*",
                "elasticmapreduce:ListBootstrapActions","elasticmapreduce:ListClusters",
                "elasticmapreduce:ListInstanceGroups","elasticmapreduce:ListInstances",
                "elasticmapreduce:ListSteps","kinesis:CreateStream","kinesis:DeleteStream",
                "kinesis:DescribeStream","kinesis:GetRecords","kinesis:GetShardIterator",
                "kinesis:MergeShards","kinesis:PutRecord","kinesis:SplitShard",
                "rds:Describe*","sdb:*","sns:*","sqs:*")"},
    Provided{"/service-role/", "AmazonElasticMapReduceRole", "What EMR does for a cluster.",
             R"("s3:CreateBucket","s3:Get*","s3:List*","iam:GetRole","iam:GetRolePolicy",
                "iam:ListInstanceProfiles","iam:ListRolePolicies","iam:PassRole","ec2:*",
                "cloudwatch:PutMetricAlarm","cloudwatch:DescribeAlarms","cloudwatch:DeleteAlarms",
                "sdb:BatchPutAttributes","sdb:Select","sqs:CreateQueue","sqs:Delete*",
                "sqs:GetQueue*","sqs:PurgeQueue","sqs:ReceiveMessage")"},
    Provided{"/service-role/", "AmazonEMRServicePolicy_v2", "What EMR does for a cluster.",
             R"("ec2:*","iam:PassRole","ssm:GetParameters","resource-groups:ListGroupResources",
                "cloudwatch:PutMetricAlarm","cloudwatch:DescribeAlarms",
                "cloudwatch:DeleteAlarms")"},
    Provided{"/service-role/", "AmazonElasticMapReduceforAutoScalingRole",
             "What automatic scaling of a cluster does.",
             R"("cloudwatch:DescribeAlarms","elasticmapreduce:ListInstanceGroups",
                "elasticmapreduce:ModifyInstanceGroups")"},
    Provided{"/service-role/", "AmazonElasticMapReduceEditorsRole", "What EMR notebooks do.",
             R"("ec2:*","elasticmapreduce:ListInstances","elasticmapreduce:DescribeCluster",
                "elasticmapreduce:ListSteps")"},
    Provided{"/", "AmazonElasticMapReduceFullAccess", "Everything of EMR, with what it needs.",
             R"("elasticmapreduce:*","s3:*","iam:ListRoles","iam:PassRole","iam:GetRole",
                "iam:ListInstanceProfiles","cloudwatch:*","ec2:*","sdb:*",
                "support:CreateCase","support:DescribeServices")"},
    Provided{"/", "AmazonEMRFullAccessPolicy_v2", "Everything of EMR, with what it needs.",
             R"("elasticmapreduce:*","iam:PassRole","iam:ListRoles","iam:GetRole",
                "iam:ListInstanceProfiles","s3:ListAllMyBuckets","s3:GetBucketLocation",
                "s3:ListBucket","s3:GetObject","cloudwatch:GetMetricStatistics","ec2:Describe*")"},
    Provided{"/", "AmazonElasticMapReduceReadOnlyAccess", "Reads of EMR.",
             R"("elasticmapreduce:Describe*","elasticmapreduce:List*","elasticmapreduce:Get*",
                "elasticmapreduce:ViewEventsFromAllClustersInConsole","s3:GetObject",
                "s3:ListAllMyBuckets","s3:ListBucket","sdb:Select",
                "cloudwatch:GetMetricStatistics")"},
    Provided{"/", "AmazonSSMManagedInstanceCore", "What Systems Manager does on an instance.",
             R"("ssm:*","ssmmessages:*","ec2messages:*")"},
    Provided{"/", "CloudWatchLogsFullAccess", "Everything of CloudWatch Logs.",
             R"("logs:*","cloudwatch:GenerateQuery")"},
    Provided{"/", "PowerUserAccess", "Everything but the management of identities.", ""},
};

constexpr std::string_view kPowerUser =
    R"({"Version":"2012-10-17","Statement":[)"
    R"({"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},)"
    R"({"Effect":"Allow","Action":["iam:ListRoles","iam:CreateServiceLinkedRole"],)"
    R"("Resource":"*"}]})";

std::string Document(std::string_view actions) {
  if (actions.empty()) return std::string(kPowerUser);
  std::string document = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[)";
  for (const char c : actions) {
    if (c != ' ' && c != '\n') document.push_back(c);
  }
  return document + R"(],"Resource":"*"}]})";
}

// Ids are the same on every server: "ANPA" and 17 characters out of the name.
std::string IdOf(std::string_view name) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string id = "ANPA";
  std::uint64_t state = 0xcbf29ce484222325;
  for (int i = 0; i < 17; ++i) {
    for (const char c : name) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    id.push_back(kAlphabet[(state >> 40) % kAlphabet.size()]);
  }
  return id;
}

std::vector<ManagedPolicy> MakeProvided() {
  const Timestamp created(std::chrono::sys_days(std::chrono::year(2015) / 2 / 6));
  std::vector<ManagedPolicy> policies;
  for (const Provided& provided : kProvided) {
    ManagedPolicy policy;
    policy.name = provided.name;
    policy.path = provided.path;
    policy.id = IdOf(provided.name);
    policy.arn = "arn:aws:iam::aws:policy" + policy.path + policy.name;
    policy.created = created;
    policy.updated = created;
    policy.description = provided.description;
    policy.provided = true;
    policy.versions.push_back(
        {.id = "v1", .document = Document(provided.actions), .created = created});
    policies.push_back(std::move(policy));
  }
  return policies;
}

}  // namespace

std::span<const ManagedPolicy> ProvidedPolicies() {
  static const std::vector<ManagedPolicy> kPolicies = MakeProvided();
  return kPolicies;
}

const ManagedPolicy* FindProvidedPolicy(std::string_view arn) {
  for (const ManagedPolicy& policy : ProvidedPolicies()) {
    if (policy.arn == arn) return &policy;
  }
  return nullptr;
}

}  // namespace owlet::access
