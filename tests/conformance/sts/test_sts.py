"""STS with boto3: roles, sessions, tokens of identity providers, accounts that trust one another."""

import base64
import json
import time
import uuid

import pytest
from botocore.exceptions import ClientError

HOME, OTHER = "000000000000", "111122223333"


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(principal, action="sts:AssumeRole", condition=None):
    return policy({"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition or {}})


def allow(actions, resources="*"):
    return {"Effect": "Allow", "Action": actions, "Resource": resources}


def refused(code, call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["Error"]["Code"] == code, caught.value
    return caught.value.response["Error"]["Message"]


def keys_of(credentials):
    return {"aws_access_key_id": credentials["AccessKeyId"], "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials["SessionToken"]}


@pytest.fixture(scope="module")
def iam(server):
    return server.client("iam")


@pytest.fixture
def name():
    return f"n-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def user(server, iam, name):
    """A new user's keys."""
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}


def test_a_role_with_a_session_policy(server, iam, name, user, bucket, s3):
    s3.put_object(Bucket=bucket, Key="a/x", Body=b"1")
    s3.put_object(Bucket=bucket, Key="b/x", Body=b"2")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(
        {"AWS": f"arn:aws:iam::{HOME}:user/{name}"}, condition={"StringEquals": {"sts:ExternalId": "42"}}))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=policy(
        allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*")))
    sts = server.client("sts", **user)
    message = refused("AccessDenied", sts.assume_role, RoleArn=arn, RoleSessionName="me")
    assert message == f"User: arn:aws:iam::{HOME}:user/{name} is not authorized to perform: sts:AssumeRole on resource: {arn}"
    refused("ValidationError", sts.assume_role, RoleArn=arn, RoleSessionName="me", ExternalId="42", DurationSeconds=7200)
    reply = sts.assume_role(RoleArn=arn, RoleSessionName="me", ExternalId="42",
                            Policy=policy(allow("s3:*", f"arn:aws:s3:::{bucket}/a/*")))
    assert reply["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{HOME}:assumed-role/{name}/me"
    session = server.client("s3", **keys_of(reply["Credentials"]))
    assert session.get_object(Bucket=bucket, Key="a/x")["Body"].read() == b"1"
    assert "no session policy allows" in refused("AccessDenied", session.get_object, Bucket=bucket, Key="b/x")
    assert "no identity-based policy" in refused("AccessDenied", session.put_object, Bucket=bucket, Key="a/y", Body=b"")
    identity = server.client("sts", **keys_of(reply["Credentials"])).get_caller_identity()
    assert identity["Arn"].endswith(f":assumed-role/{name}/me") and identity["UserId"].endswith(":me")


def test_session_tags_are_condition_keys(server, iam, name, user, bucket, s3):
    s3.put_object(Bucket=bucket, Key="data/x", Body=b"1")
    s3.put_object(Bucket=bucket, Key="web/x", Body=b"2")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(
        {"AWS": f"arn:aws:iam::{HOME}:user/{name}"}, ["sts:AssumeRole", "sts:TagSession"]))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=policy(
        allow("s3:GetObject", f"arn:aws:s3:::{bucket}/${{aws:PrincipalTag/team}}/*")))
    sts = server.client("sts", **user)
    credentials = sts.assume_role(RoleArn=arn, RoleSessionName="me", Tags=[{"Key": "team", "Value": "data"}])["Credentials"]
    session = server.client("s3", **keys_of(credentials))
    assert session.get_object(Bucket=bucket, Key="data/x")["Body"].read() == b"1"
    refused("AccessDenied", session.get_object, Bucket=bucket, Key="web/x")


def test_sessions_of_users_and_federated_users(server, iam, name, user, bucket):
    sts = server.client("sts", **user)
    own = server.client("sts", **keys_of(sts.get_session_token()["Credentials"]))
    assert own.get_caller_identity()["Arn"] == f"arn:aws:iam::{HOME}:user/{name}"
    refused("AccessDenied", own.get_session_token)
    refused("AccessDenied", sts.get_session_token, SerialNumber=f"arn:aws:iam::{HOME}:mfa/x", TokenCode="123456")
    refused("AccessDenied", sts.get_federation_token, Name="fay")
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=policy(
        allow("sts:GetFederationToken"), allow("s3:ListBucket")))
    bare = sts.get_federation_token(Name="fay")
    assert bare["FederatedUser"] == {"FederatedUserId": f"{HOME}:fay", "Arn": f"arn:aws:sts::{HOME}:federated-user/fay"}
    refused("AccessDenied", server.client("s3", **keys_of(bare["Credentials"])).list_objects_v2, Bucket=bucket)
    given = sts.get_federation_token(Name="fay", Policy=policy(allow("s3:*")))
    fay = server.client("s3", **keys_of(given["Credentials"]))
    assert fay.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    refused("AccessDenied", fay.put_object, Bucket=bucket, Key="k", Body=b"")


def test_accounts_that_trust_one_another(new_server):
    server = new_server("--other-accounts", f"{OTHER}:OTHERROOTKEYOTHERROO:other-secret")
    other = {"aws_access_key_id": "OTHERROOTKEYOTHERROO", "aws_secret_access_key": "other-secret"}
    assert server.client("sts", **other).get_caller_identity()["Arn"] == f"arn:aws:iam::{OTHER}:root"
    server.client("iam", **other).create_user(UserName="guest")
    assert "guest" not in [u["UserName"] for u in server.client("iam").list_users()["Users"]]
    home = server.client("iam")
    arn = home.create_role(RoleName="shared", AssumeRolePolicyDocument=trust({"AWS": OTHER}))["Role"]["Arn"]
    key = server.client("iam", **other).create_access_key(UserName="guest")["AccessKey"]
    guest = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    refused("AccessDenied", server.client("sts", **guest).assume_role, RoleArn=arn, RoleSessionName="me")
    server.client("iam", **other).put_user_policy(UserName="guest", PolicyName="p", PolicyDocument=policy(
        allow("sts:AssumeRole", arn)))
    reply = server.client("sts", **guest).assume_role(RoleArn=arn, RoleSessionName="me")
    assert reply["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{HOME}:assumed-role/shared/me"
    # The catalog is the server's own account's.
    refused("AccessDeniedException", server.client("glue", **other).get_databases)
    server.stop()


def url_base64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """An identity provider with one RSA key."""

    def __init__(self, host):
        import rsa
        self.host = host
        self.public, self.private = rsa.newkeys(2048)

    def key_set(self):
        number = lambda n: url_base64(n.to_bytes((n.bit_length() + 7) // 8, "big"))
        return json.dumps({"keys": [{"kty": "RSA", "kid": "k1", "alg": "RS256", "use": "sig",
                                     "n": number(self.public.n), "e": number(self.public.e)}]})

    def token(self, **claims):
        import rsa
        now = int(time.time())
        whole = {"iss": f"https://{self.host}", "sub": "repo:me", "aud": "app", "iat": now, "exp": now + 600} | claims
        text = ".".join(url_base64(json.dumps(part).encode()) for part in ({"alg": "RS256", "kid": "k1"}, whole))
        return text + "." + url_base64(rsa.sign(text.encode(), self.private, "SHA-256"))


def test_web_identity(new_server, tmp_path):
    from botocore import UNSIGNED
    from botocore.config import Config
    issuer = Issuer("token.example.com/pool")
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "token.example.com_pool.json").write_text(issuer.key_set())
    server = new_server("--oidc-keys", str(keys))
    iam = server.client("iam")
    provider = iam.create_open_id_connect_provider(Url=f"https://{issuer.host}", ClientIDList=["app"])
    arn = iam.create_role(RoleName="ci", AssumeRolePolicyDocument=trust(
        {"Federated": provider["OpenIDConnectProviderArn"]}, "sts:AssumeRoleWithWebIdentity",
        {"StringLike": {f"{issuer.host}:sub": "repo:*"}}))["Role"]["Arn"]
    sts = server.client("sts", config=Config(signature_version=UNSIGNED))

    def assume(token):
        return dict(call=sts.assume_role_with_web_identity, RoleArn=arn, RoleSessionName="me", WebIdentityToken=token)

    reply = sts.assume_role_with_web_identity(RoleArn=arn, RoleSessionName="me", WebIdentityToken=issuer.token())
    assert reply["SubjectFromWebIdentityToken"] == "repo:me" and reply["Audience"] == "app"
    assert server.client("sts", **keys_of(reply["Credentials"])).get_caller_identity()["Arn"].endswith("/ci/me")
    refused("AccessDenied", **assume(issuer.token(sub="user:me")))
    refused("ExpiredTokenException", **assume(issuer.token(exp=int(time.time()) - 5)))
    refused("InvalidIdentityToken", **assume(issuer.token(aud="other")))
    refused("InvalidIdentityToken", **assume(issuer.token(iss="https://elsewhere.example.com")))
    refused("InvalidIdentityToken", **assume(issuer.token()[:-8] + "AAAAAAAA"))
    refused("InvalidIdentityToken", **assume(Issuer(issuer.host).token()))
    none = ".".join([url_base64(b'{"alg":"none"}'), issuer.token().split(".")[1], ""])
    refused("InvalidIdentityToken", **assume(none))
    server.stop()
