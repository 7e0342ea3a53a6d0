"""Cases of policies and requests, made at random from a seed, with what real policies are made of."""

import random

HOME, OTHER = "000000000000", "111122223333"
BUCKETS = ["logs", "data", "home"]
KEYS = ["a.txt", "ann/x", "bob/y", "2026/01/part:0", "${aws:username}", "*"]
ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:DeleteObject", "s3:GetBucketPolicy",
           "s3:PutBucketPolicy", "glue:GetTable", "glue:CreateTable", "athena:StartQueryExecution",
           "elasticmapreduce:RunJobFlow", "iam:PassRole"]
ACTION_PATTERNS = ["*", "s3:*", "s3:Get*", "S3:getobject", "s3:?utObject", "s3:List*", "glue:*", "glue:Get*",
                   "athena:*", "iam:*", "s3:*Object", "s3:*BucketPolicy"] + ACTIONS
RESOURCE_PATTERNS = ["*", "arn:aws:s3:::*", "arn:aws:s3:::data", "arn:aws:s3:::data/*", "arn:aws:s3:::logs*",
                     "arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/${aws:PrincipalTag/team}/*",
                     "arn:aws:s3:::home/${aws:PrincipalTag/team, 'ann'}/*", "arn:aws:s3:::data/${*}",
                     "arn:aws:s3:::?ata/*", "arn:aws:glue:*:*:table/d/*", "arn:aws:glue:*:*:catalog",
                     "arn:aws:glue:*:table/*", "arn:aws:glue", "arn:aws:iam::*:role/*", "arn:aws:*:*:*:*",
                     f"arn:aws:athena:us-east-1:{HOME}:workgroup/*", "arn:aws:s3:::data/2026/*:0"]
CONTEXT = {
    "s3:prefix": ["", "ann/", "bob/x", "home/*"],
    "s3:delimiter": ["/"],
    "s3:max-keys": ["10", "1000"],
    "s3:x-amz-acl": ["private", "public-read"],
    "s3:x-amz-server-side-encryption": ["AES256", "aws:kms"],
    "s3:ExistingObjectTag/level": ["low", "high"],
    "s3:RequestObjectTag/level": ["low"],
    "aws:RequestTag/team": ["data", "Data"],
    "aws:ResourceTag/team": ["data", "web"],
    "aws:TagKeys": ["team", "level", "Team"],
    "aws:SourceArn": ["arn:aws:s3:::logs", f"arn:aws:sns:us-east-1:{HOME}:topic"],
    "iam:PassedToService": ["ec2.amazonaws.com"],
    "test:blob": ["b3dsZXQ="],
}
TEXTS = ["private", "AES256", "low", "l*", "data", "Data", "team", "ann/*", "ann/", "${aws:username}/*", "*", "/",
         "${s3:prefix}", "${aws:PrincipalTag/team}", "ec2.amazonaws.com", "h?me/${*}", ""]
PRINCIPAL_KEYS = ["aws:username", "aws:userid", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType",
                  "aws:PrincipalTag/team", "aws:PrincipalIsAWSService", "aws:ResourceAccount", "aws:ViaAWSService"]
ARNS = [f"arn:aws:iam::{HOME}:user/ann", f"arn:aws:iam::{HOME}:role/worker", "arn:aws:iam::*:user/*",
        "arn:aws:iam::*:role/w*", "arn:aws:s3:::*", "arn:aws:s3:*:*:logs", "arn:aws:*:*:*:*", "arn:aws:iam:*:ann"]


def maybe(rng, share):
    return rng.random() < share


def some(rng, values, most=3):
    chosen = rng.sample(values, rng.randint(1, min(most, len(values))))
    return chosen[0] if len(chosen) == 1 and maybe(rng, 0.5) else chosen


def condition(rng):
    """(operator, key, values)."""
    family = rng.choice(["String", "String", "Arn", "Numeric", "Date", "Bool", "Ip", "Null", "Binary"])
    if family == "String":
        operator = rng.choice(["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase",
                               "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"])
        key = rng.choice(list(CONTEXT) + PRINCIPAL_KEYS + ["s3:nosuch"])
        values = some(rng, TEXTS + ["ann", "AIDA1", HOME, OTHER, "User", "AssumedRole", "false", "true"], 4)
    elif family == "Arn":
        operator = rng.choice(["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"])
        key, values = rng.choice(["aws:PrincipalArn", "aws:SourceArn", "s3:prefix"]), some(rng, ARNS)
    elif family == "Numeric":
        operator = "Numeric" + rng.choice(["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan",
                                           "GreaterThanEquals"])
        key, values = rng.choice(["s3:max-keys", "s3:prefix", "s3:nosuch"]), some(rng, [10, "1000", 99.5, "1e1"], 2)
    elif family == "Date":
        operator = "Date" + rng.choice(["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan",
                                        "GreaterThanEquals"])
        key = rng.choice(["aws:CurrentTime", "aws:EpochTime"])
        values = some(rng, ["2026-01-31T12:00:00Z", "2020-06-30T00:00:00Z", "2030-01-01T00:00:00Z", "1769860800"], 2)
    elif family == "Bool":
        operator, key = "Bool", rng.choice(["aws:SecureTransport", "aws:ViaAWSService", "aws:PrincipalIsAWSService"])
        values = rng.choice(["true", "false", True, "TRUE"])
    elif family == "Ip":
        operator, key = rng.choice(["IpAddress", "NotIpAddress"]), "aws:SourceIp"
        values = some(rng, ["10.0.0.0/8", "203.0.113.7", "203.0.113.0/24", "2001:db8::/32", "0.0.0.0/0"], 2)
    elif family == "Binary":
        operator, key, values = "BinaryEquals", "test:blob", some(rng, ["b3dsZXQ=", "b3ds"], 2)
    else:
        return "Null", rng.choice(list(CONTEXT) + PRINCIPAL_KEYS), rng.choice(["true", "false", True])
    if maybe(rng, 0.2):
        operator += "IfExists"
    if maybe(rng, 0.2):
        operator = rng.choice(["ForAnyValue:", "ForAllValues:"]) + operator
    return operator, key, values


def principal_element(rng):
    if maybe(rng, 0.25):
        return rng.choice(["*", {"AWS": "*"}])
    if maybe(rng, 0.15):
        return {"Service": some(rng, ["logging.s3.amazonaws.com", "ec2.amazonaws.com"])}
    return {"AWS": some(rng, [
        HOME, OTHER, f"arn:aws:iam::{HOME}:root", f"arn:aws:iam::{OTHER}:root", f"arn:aws:iam::{HOME}:user/ann",
        f"arn:aws:iam::{HOME}:role/worker", f"arn:aws:sts::{HOME}:assumed-role/worker/s1",
        f"arn:aws:sts::{HOME}:federated-user/fay", f"arn:aws:iam::{OTHER}:user/ann"])}


def statement(rng, resource_side, allow_share=0.7):
    made = {"Effect": "Allow" if maybe(rng, allow_share) else "Deny"}
    made["NotAction" if maybe(rng, 0.12) else "Action"] = some(rng, ACTION_PATTERNS)
    made["NotResource" if maybe(rng, 0.12) else "Resource"] = some(rng, RESOURCE_PATTERNS)
    if resource_side:
        made["NotPrincipal" if maybe(rng, 0.1) else "Principal"] = principal_element(rng)
    if maybe(rng, 0.45):
        conditions = {}
        for _ in range(rng.randint(1, 2)):
            operator, key, values = condition(rng)
            conditions.setdefault(operator, {})[key] = values
        made["Condition"] = conditions
    return made


def document(rng, resource_side=False, allow_share=0.7):
    made = [statement(rng, resource_side, allow_share) for _ in range(rng.randint(1, 3))]
    return {"Version": "2012-10-17" if maybe(rng, 0.9) else "2008-10-17",
            "Statement": made[0] if len(made) == 1 and maybe(rng, 0.3) else made}


def principal(rng):
    account = HOME if maybe(rng, 0.8) else OTHER
    kind = rng.choice(["user"] * 4 + ["role"] * 4 + ["federated", "root", "anonymous", "service"])
    made = {"kind": kind, "account": account, "session_policies": []}
    if kind == "user":
        made |= {"arn": f"arn:aws:iam::{account}:user/ann", "user_id": "AIDA1", "name": "ann"}
    elif kind == "role":
        made |= {"arn": f"arn:aws:sts::{account}:assumed-role/worker/s1", "user_id": "AROA1:s1", "name": "worker",
                 "session_name": "s1", "role_arn": f"arn:aws:iam::{account}:role/worker", "session_tags": {}}
        if maybe(rng, 0.3):
            made["session_tags"] = {"team": rng.choice(["bob", "ann"])}
    elif kind == "federated":
        made |= {"arn": f"arn:aws:sts::{account}:federated-user/fay", "user_id": f"{account}:fay", "name": "ann",
                 "session_name": "fay", "role_arn": f"arn:aws:iam::{account}:user/ann", "session_tags": {}}
    elif kind == "root":
        made |= {"arn": f"arn:aws:iam::{account}:root", "user_id": account}
    elif kind == "service":
        made |= {"name": rng.choice(["logging.s3.amazonaws.com", "ec2.amazonaws.com"]), "arn": ""}
    else:
        made["account"] = ""
    if kind in ("role", "federated") and maybe(rng, 0.4):
        made["session_policies"] = [document(rng, allow_share=0.9) for _ in range(rng.randint(1, 2))]
    if maybe(rng, 0.7):
        made |= {"source_ip": rng.choice(["10.1.2.3", "203.0.113.7", "203.0.113.9", "2001:db8::1", "::1"]),
                 "secure": maybe(rng, 0.5)}
    return made


def resource(rng, action):
    service = action.split(":")[0]
    if service == "s3":
        bucket = f"arn:aws:s3:::{rng.choice(BUCKETS)}"
        return bucket if "Bucket" in action else f"{bucket}/{rng.choice(KEYS)}"
    return {"glue": rng.choice([f"arn:aws:glue:us-east-1:{HOME}:table/d/t", f"arn:aws:glue:us-east-1:{HOME}:catalog"]),
            "athena": f"arn:aws:athena:us-east-1:{HOME}:workgroup/primary",
            "elasticmapreduce": "*", "iam": f"arn:aws:iam::{HOME}:role/worker"}[service]


def case(rng):
    action = rng.choice(ACTIONS)
    context = {}
    for key, values in CONTEXT.items():
        if maybe(rng, 0.4):
            context[key] = rng.sample(values, rng.randint(1, len(values))) if key == "aws:TagKeys" else [
                rng.choice(values)]
    made = {
        "principal": principal(rng), "action": action, "resource": resource(rng, action), "context": context,
        "now": rng.choice([1769860800, 1593475200, 1893456000]),
        "identity": [document(rng, allow_share=0.85) for _ in range(rng.randint(0, 3))],
        "boundary": document(rng, allow_share=0.95) if maybe(rng, 0.25) else None,
        "resource_policy": document(rng, True) if maybe(rng, 0.5) else None,
        "owner": rng.choice(["", "", HOME, OTHER]), "acl": rng.choice(["none"] * 6 + ["account", "everybody"]),
        "policy_only_denies": maybe(rng, 0.05), "grant_required": maybe(rng, 0.05),
        "principal_tags": {"team": rng.choice(["ann", "data"])} if maybe(rng, 0.4) else {}}
    # Requests without a grant are dull: often something allows broadly, so that the rest decides.
    if maybe(rng, 0.4):
        made["identity"].append({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": action.split(":")[0] + ":*", "Resource": "*"}]})
    if maybe(rng, 0.3):  # and a guard that denies everything under some condition
        operator, key, values = condition(rng)
        guard = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {operator: {key: values}}}
        made["identity"].append({"Version": "2012-10-17", "Statement": [guard]})
    if maybe(rng, 0.2) and made["resource_policy"] is None:
        made["resource_policy"] = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": principal_element(rng)}]}
    return made


def cases(count, seed):
    rng = random.Random(seed)
    return [case(rng) for _ in range(count)]
