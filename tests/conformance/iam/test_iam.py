"""IAM with boto3 and the AWS CLI: what its API reference says of each family."""

import json
import subprocess
import sys
import pathlib
import uuid

import pytest
from botocore.exceptions import ClientError

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
AWS = pathlib.Path(sys.executable).parent / "aws"


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(actions, resources="*", **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


ALLOW_GET = policy(allow("s3:GetObject"))


@pytest.fixture(scope="module")
def iam(server):
    return server.client("iam")


@pytest.fixture
def name():
    return f"n-{uuid.uuid4().hex[:12]}"


def refused(code, call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["Error"]["Code"] == code, caught.value
    return caught.value.response["Error"]["Message"]


def test_groups(iam, name):
    group = iam.create_group(GroupName=name, Path="/teams/")["Group"]
    assert group["Arn"] == f"arn:aws:iam::000000000000:group/teams/{name}"
    assert group["GroupId"].startswith("AGPA")
    refused("EntityAlreadyExists", iam.create_group, GroupName=name.upper())
    iam.create_user(UserName=name)
    refused("NoSuchEntity", iam.add_user_to_group, GroupName=name, UserName="nobody-there")
    iam.add_user_to_group(GroupName=name, UserName=name)
    iam.add_user_to_group(GroupName=name, UserName=name)
    assert [u["UserName"] for u in iam.get_group(GroupName=name)["Users"]] == [name]
    assert [g["GroupName"] for g in iam.list_groups_for_user(UserName=name)["Groups"]] == [name]
    assert name in [g["GroupName"] for g in iam.list_groups(PathPrefix="/teams/")["Groups"]]
    iam.put_group_policy(GroupName=name, PolicyName="p", PolicyDocument=ALLOW_GET)
    assert iam.get_group_policy(GroupName=name, PolicyName="p")["PolicyDocument"] == json.loads(ALLOW_GET)
    iam.attach_group_policy(GroupName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    entities = iam.list_entities_for_policy(PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    assert name in [g["GroupName"] for g in entities["PolicyGroups"]]
    assert "must remove users" in refused("DeleteConflict", iam.delete_group, GroupName=name)
    refused("DeleteConflict", iam.delete_user, UserName=name)
    iam.update_group(GroupName=name, NewGroupName=name + "x")
    assert [g["GroupName"] for g in iam.list_groups_for_user(UserName=name)["Groups"]] == [name + "x"]
    iam.remove_user_from_group(GroupName=name + "x", UserName=name)
    refused("DeleteConflict", iam.delete_group, GroupName=name + "x")
    iam.detach_group_policy(GroupName=name + "x", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    iam.delete_group_policy(GroupName=name + "x", PolicyName="p")
    iam.delete_group(GroupName=name + "x")
    iam.delete_user(UserName=name)


def test_a_group_gives_its_users_permissions(server, iam, name, bucket):
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    s3 = server.client("s3", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    refused("AccessDenied", s3.list_objects_v2, Bucket=bucket)
    iam.create_group(GroupName=name)
    iam.put_group_policy(GroupName=name, PolicyName="list", PolicyDocument=policy(allow("s3:ListBucket")))
    iam.add_user_to_group(GroupName=name, UserName=name)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    assert used["UserName"] == name and used["AccessKeyLastUsed"]["ServiceName"] == "s3"
    iam.remove_user_from_group(GroupName=name, UserName=name)
    refused("AccessDenied", s3.list_objects_v2, Bucket=bucket)
    iam.update_access_key(UserName=name, AccessKeyId=key["AccessKeyId"], Status="Inactive")
    refused("InvalidAccessKeyId", s3.list_objects_v2, Bucket=bucket)


def test_logins_and_the_password_policy(iam, name):
    refused("NoSuchEntity", iam.get_account_password_policy)
    iam.update_account_password_policy(MinimumPasswordLength=10, RequireNumbers=True)
    assert iam.get_account_password_policy()["PasswordPolicy"]["MinimumPasswordLength"] == 10
    iam.create_user(UserName=name)
    refused("PasswordPolicyViolation", iam.create_login_profile, UserName=name, Password="short")
    iam.create_login_profile(UserName=name, Password="long-enough-1", PasswordResetRequired=True)
    refused("EntityAlreadyExists", iam.create_login_profile, UserName=name, Password="long-enough-1")
    assert iam.get_login_profile(UserName=name)["LoginProfile"]["PasswordResetRequired"] is True
    refused("DeleteConflict", iam.delete_user, UserName=name)
    iam.delete_login_profile(UserName=name)
    refused("NoSuchEntity", iam.get_login_profile, UserName=name)
    iam.delete_user(UserName=name)
    iam.delete_account_password_policy()


def test_managed_policies_have_five_versions(iam, name):
    arn = iam.create_policy(PolicyName=name, PolicyDocument=ALLOW_GET, Tags=[{"Key": "a", "Value": "b"}])["Policy"]["Arn"]
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=ALLOW_GET)
    refused("LimitExceeded", iam.create_policy_version, PolicyArn=arn, PolicyDocument=ALLOW_GET)
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v3")
    refused("DeleteConflict", iam.delete_policy_version, PolicyArn=arn, VersionId="v3")
    iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "c", "Value": "d"}])
    iam.untag_policy(PolicyArn=arn, TagKeys=["a"])
    assert iam.list_policy_tags(PolicyArn=arn)["Tags"] == [{"Key": "c", "Value": "d"}]
    refused("DeleteConflict", iam.delete_policy, PolicyArn=arn)
    for version in ("v1", "v2", "v4", "v5"):
        iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, PermissionsBoundary=arn)
    refused("DeleteConflict", iam.delete_policy, PolicyArn=arn)
    bounded = iam.list_entities_for_policy(PolicyArn=arn, PolicyUsageFilter="PermissionsBoundary")
    assert [r["RoleName"] for r in bounded["PolicyRoles"]] == [name]
    iam.delete_role(RoleName=name)
    iam.delete_policy(PolicyArn=arn)


@pytest.mark.parametrize("document, message", [
    ("{", "Syntax errors in policy."),
    (policy({"Effect": "Allow", "Action": "s3:*"}), "Policy statement must contain resources."),
    (policy({"Effect": "Allow", "Resource": "*"}), "Policy statement must contain actions."),
    (policy(allow("GetObject")), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
    (policy(allow("s3:Get:Object")), "Actions/Condition can contain only one colon."),
    (policy(allow("s3:*", "bucket")), 'Resource bucket must be in ARN format or "*".'),
    (policy(allow("s3:*", "arn:azure:s3:::b")), 'Partition "azure" is not valid for resource "arn:azure:s3:::b".'),
    (policy(allow("s3:*", "arn:aws:s*:::b")), "Resource vendor must be fully qualified and cannot contain regexes."),
    (policy(allow("s3:*", Principal="*")), "Policy document should not specify a principal."),
    (policy(allow("s3:*", Sid="a"), allow("s3:*", Sid="a")), "Statement IDs (SID) in a single policy must be unique."),
    (json.dumps({"Statement": [allow("s3:*")]}), "Policy document must be version 2012-10-17 or greater."),
])
def test_malformed_policies(iam, document, message):
    assert refused("MalformedPolicyDocument", iam.create_policy, PolicyName="never", PolicyDocument=document) == message


def test_limits(iam, name):
    iam.create_user(UserName=name)
    big = policy(allow([f"s3:Get{'x' * 100}{i}" for i in range(20)]))
    assert refused("LimitExceeded", iam.put_user_policy, UserName=name, PolicyName="p",
                   PolicyDocument=big) == f"Maximum policy size of 2048 bytes exceeded for user {name}"
    spaced = json.dumps(json.loads(ALLOW_GET), indent=400)  # white space does not count
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=spaced)
    missing = policy({"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:user/no-such"},
                      "Action": "sts:AssumeRole"})
    assert "Invalid principal in policy" in refused(
        "MalformedPolicyDocument", iam.create_role, RoleName=name, AssumeRolePolicyDocument=missing)
    for _ in range(2):
        iam.create_access_key(UserName=name)
    refused("LimitExceeded", iam.create_access_key, UserName=name)


def test_lists_come_in_pages(iam, name):
    names = sorted(f"{name}-{i}" for i in range(7))
    for each in names:
        iam.create_group(GroupName=each, Path=f"/{name}/")
    pages = list(iam.get_paginator("list_groups").paginate(PathPrefix=f"/{name}/", PaginationConfig={"PageSize": 3}))
    assert [len(page["Groups"]) for page in pages] == [3, 3, 1]
    assert [g["GroupName"] for page in pages for g in page["Groups"]] == names


def test_identity_providers(iam, name):
    url = f"https://{name}.example.com/pool"
    arn = iam.create_open_id_connect_provider(Url=url, ClientIDList=["a"], ThumbprintList=["0" * 40])[
        "OpenIDConnectProviderArn"]
    assert arn == f"arn:aws:iam::000000000000:oidc-provider/{name}.example.com/pool"
    refused("EntityAlreadyExists", iam.create_open_id_connect_provider, Url=url)
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="b")
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="a")
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"] == ["b"]
    assert arn in [p["Arn"] for p in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    refused("NoSuchEntity", iam.get_open_id_connect_provider, OpenIDConnectProviderArn=arn)
    metadata = "<EntityDescriptor xmlns='urn:oasis:names:tc:SAML:2.0:metadata'>" + "x" * 1000 + "</EntityDescriptor>"
    saml = iam.create_saml_provider(Name=name, SAMLMetadataDocument=metadata)["SAMLProviderArn"]
    assert iam.get_saml_provider(SAMLProviderArn=saml)["SAMLMetadataDocument"] == metadata
    iam.delete_saml_provider(SAMLProviderArn=saml)


def test_account(iam, name):
    iam.create_account_alias(AccountAlias="owlets")
    assert iam.list_account_aliases()["AccountAliases"] == ["owlets"]
    iam.delete_account_alias(AccountAlias="owlets")
    refused("NoSuchEntity", iam.delete_account_alias, AccountAlias="owlets")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=ALLOW_GET)
    assert iam.get_account_summary()["SummaryMap"]["Users"] >= 1
    details = iam.get_account_authorization_details(Filter=["User", "Role", "AWSManagedPolicy"])
    user = next(u for u in details["UserDetailList"] if u["UserName"] == name)
    assert user["UserPolicyList"] == [{"PolicyName": "p", "PolicyDocument": json.loads(ALLOW_GET)}]
    assert "EMR_DefaultRole" in [r["RoleName"] for r in details["RoleDetailList"]]
    assert iam.list_mfa_devices(UserName=name)["MFADevices"] == []


def test_service_linked_roles(iam):
    role = iam.create_service_linked_role(AWSServiceName="elasticmapreduce.amazonaws.com")["Role"]
    assert role["Path"] == "/aws-service-role/elasticmapreduce.amazonaws.com/"
    refused("InvalidInput", iam.create_service_linked_role, AWSServiceName="elasticmapreduce.amazonaws.com")
    task = iam.delete_service_linked_role(RoleName=role["RoleName"])["DeletionTaskId"]
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"


def test_the_simulator(iam, name):
    document = policy(
        allow("s3:GetObject", "arn:aws:s3:::data/${aws:username}/*", Sid="own"),
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*",
         "Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}})
    arn = iam.create_user(UserName=name)["User"]["Arn"]
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)

    def simulate(resource, *entries):
        reply = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["s3:GetObject"],
                                              ResourceArns=[resource], ContextEntries=list(entries))
        return reply["EvaluationResults"][0]

    own = simulate(f"arn:aws:s3:::data/{name}/k")
    assert own["EvalDecision"] == "allowed"
    assert [s["SourcePolicyId"] for s in own["MatchedStatements"]] == [f"user_{name}_p"]
    assert own["MissingContextValues"] == ["aws:SourceIp"]
    assert simulate("arn:aws:s3:::data/other/k")["EvalDecision"] == "implicitDeny"
    inside = {"ContextKeyName": "aws:SourceIp", "ContextKeyValues": ["10.1.1.1"], "ContextKeyType": "ip"}
    assert simulate(f"arn:aws:s3:::data/{name}/k", inside)["EvalDecision"] == "explicitDeny"
    assert iam.get_context_keys_for_principal_policy(PolicySourceArn=arn)["ContextKeyNames"] == [
        "aws:SourceIp", "aws:username"]
    bounded = iam.simulate_custom_policy(
        PolicyInputList=[policy(allow("*"))], PermissionsBoundaryPolicyInputList=[ALLOW_GET],
        ActionNames=["s3:GetObject", "s3:PutObject"], ResourceArns=["arn:aws:s3:::b/k"])["EvaluationResults"]
    assert [r["EvalDecision"] for r in bounded] == ["allowed", "implicitDeny"]
    assert bounded[1]["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


def test_what_is_not_there_says_so(iam):
    refused("NotImplemented", iam.create_virtual_mfa_device, VirtualMFADeviceName="phone")


def test_users_may_do_what_their_policies_say(server, iam, name):
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    own = server.client("iam", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    message = refused("AccessDenied", own.get_user)
    assert message == (f"User: arn:aws:iam::000000000000:user/{name} is not authorized to perform: iam:GetUser on "
                       f'resource: "arn:aws:iam::000000000000:user/{name}" because no identity-based policy allows '
                       "the iam:GetUser action")
    iam.put_user_policy(UserName=name, PolicyName="self", PolicyDocument=policy(
        allow(["iam:GetUser", "iam:*AccessKey*"], "arn:aws:iam::*:user/${aws:username}")))
    assert own.get_user()["User"]["UserName"] == name
    assert len(own.list_access_keys()["AccessKeyMetadata"]) == 1
    refused("AccessDenied", own.get_user, UserName="somebody-else")


def test_the_command_line_client(server, name):
    def aws(*words):
        done = subprocess.run([AWS, *words], env=server.environment(), capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    assert aws("iam", "create-group", "--group-name", name)[0] == 0
    assert name in aws("iam", "list-groups", "--query", "Groups[].GroupName")[1]
    code, text = aws("iam", "get-group", "--group-name", "no-such-group")
    assert code != 0 and "(NoSuchEntity)" in text
    assert aws("iam", "delete-group", "--group-name", name)[0] == 0
    assert "AmazonAthenaFullAccess" in aws("iam", "list-policies", "--scope", "AWS")[1]
