"""AWS's rules of evaluation, written from the documentation of IAM and of nothing else: policy
evaluation logic (single account and cross-account), permissions boundaries, session policies, the JSON
policy elements, condition operators, multivalued keys, policy variables, S3's access control lists.

`decide(case)` says "allow", "explicit deny" or "implicit deny". A case is a plain dictionary; see
generate.py.
"""

import base64
import datetime
import ipaddress
import re

OWN = {"user", "role", "federated"}  # principals that have identity policies


def as_list(value):
    return value if isinstance(value, list) else [value]


def as_text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


# --- Texts with wildcards and variables ---

class Unfilled(Exception):
    """A variable that has no value."""


def to_regex(text, case, variables, literal=False):
    """A policy's text as a regular expression; `literal`: wildcards are characters."""
    out, rest = "", text
    while rest:
        variable = re.match(r"\$\{([^}]*)\}", rest)
        if variable and variables:
            name = variable[1]
            rest = rest[variable.end():]
            if name in ("*", "?", "$"):
                out += re.escape(name)
                continue
            default = None
            if "," in name:
                name, default = name.split(",", 1)
                default = default.strip().strip("'")
            values = key_values(case, name.strip())
            if len(values) == 1:
                out += re.escape(values[0])
            elif default is not None:
                out += re.escape(default)
            else:
                raise Unfilled(name)
            continue
        first, rest = rest[0], rest[1:]
        out += re.escape(first) if literal or first not in "*?" else (".*" if first == "*" else ".")
    return out


def like(pattern, text, case, variables, ignore_case=False, literal=False):
    try:
        regex = to_regex(pattern, case, variables, literal)
    except Unfilled:
        return False
    return re.fullmatch(regex, text, re.DOTALL | (re.IGNORECASE if ignore_case else 0)) is not None


def arn_like(pattern, text, case, variables):
    """Each of the six parts between colons by itself; missing parts of the pattern are wildcards."""
    if not pattern.startswith("arn:"):
        return like(pattern, text, case, variables)
    if not text.startswith("arn:"):
        return False
    try:  # variables first: what they hold may have colons
        filled = to_regex(pattern, case, variables)
    except Unfilled:
        return False
    wanted = filled.split(":", 5)
    parts = text.split(":", 5)
    wanted += [".*"] * (6 - len(wanted))
    parts += [""] * (6 - len(parts))
    return all(re.fullmatch(w, p, re.DOTALL) for w, p in zip(wanted, parts))


# --- Condition keys ---

PRINCIPAL_TYPES = {"anonymous": "Anonymous", "root": "Account", "user": "User", "role": "AssumedRole",
                   "federated": "FederatedUser"}


def global_key(case, key):
    who = case["principal"]
    kind = who["kind"]
    now = datetime.datetime.fromtimestamp(case["now"], datetime.timezone.utc)
    some = lambda value: [value] if value else []
    known = {
        "aws:username": some(who.get("name") if kind == "user" else None),
        "aws:userid": ["anonymous"] if kind == "anonymous" else some(who.get("user_id")),
        "aws:principalarn": some(who.get("role_arn") if kind == "role" else who.get("arn")),
        "aws:principalaccount": ["anonymous"] if kind == "anonymous" else some(who.get("account")),
        "aws:principaltype": some(PRINCIPAL_TYPES.get(kind)),
        "aws:principalisawsservice": [] if kind == "anonymous" else [as_text(kind == "service")],
        "aws:currenttime": [now.strftime("%Y-%m-%dT%H:%M:%SZ")],
        "aws:epochtime": [str(case["now"])],
        "aws:sourceip": some(who.get("source_ip")),
        "aws:securetransport": [as_text(who["secure"])] if "source_ip" in who else [],
        "aws:viaawsservice": ["false"],
        "aws:resourceaccount": [case["owner"] or who["account"]] if case["owner"] or who["account"] else [],
    }
    if key.startswith("aws:principaltag/"):
        name = key.split("/", 1)[1]
        tags = {**{k.lower(): v for k, v in case["principal_tags"].items()},
                **{k.lower(): v for k, v in who.get("session_tags", {}).items()}}
        return [tags[name]] if name in tags else []
    return known.get(key, [])


def key_values(case, key):
    for name, values in case["context"].items():
        if name.lower() == key.lower():
            return values
    return global_key(case, key.lower())


# --- Conditions ---

def seconds(text):
    try:
        return float(text)
    except ValueError:
        pass
    try:
        time = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=datetime.timezone.utc)).timestamp()


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def compare(convert, relation):
    def test(wanted, actual, case, variables):
        left, right = convert(actual), convert(wanted)
        return left is not None and right is not None and relation(left, right)
    return test


def in_network(wanted, actual, case, variables):
    try:
        return ipaddress.ip_address(actual) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


def same_bytes(wanted, actual, case, variables):
    try:
        return base64.b64decode(wanted, validate=True) == base64.b64decode(actual, validate=True)
    except ValueError:
        return False


RELATIONS = {"Equals": lambda a, b: a == b, "LessThan": lambda a, b: a < b, "LessThanEquals": lambda a, b: a <= b,
             "GreaterThan": lambda a, b: a > b, "GreaterThanEquals": lambda a, b: a >= b}


def find_test(operator):
    """(test of one value, negated)."""
    negated = "Not" in operator
    plain = operator.replace("Not", "", 1)
    if plain in ("ArnEquals", "ArnLike"):
        return arn_like, negated
    if plain == "Bool":
        return lambda w, a, c, v: w.lower() == a.lower(), negated
    if plain == "BinaryEquals":
        return same_bytes, negated
    if plain == "IpAddress":
        return in_network, negated
    if plain.startswith("Numeric"):
        return compare(number, RELATIONS[plain[7:]]), negated
    if plain.startswith("Date"):
        return compare(seconds, RELATIONS[plain[4:]]), negated
    return {"StringEquals": lambda w, a, c, v: like(w, a, c, v, literal=True),
            "StringEqualsIgnoreCase": lambda w, a, c, v: like(w, a, c, v, True, True),
            "StringLike": like}[plain], negated


def condition_holds(name, key, wanted, case, variables):
    values = key_values(case, key)
    quantifier = None
    if ":" in name:
        quantifier, name = name.split(":", 1)
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    wanted = [as_text(w) for w in as_list(wanted)]
    if name == "Null":
        return ("true" if not values else "false") in [w.lower() for w in wanted]
    test, negated = find_test(name)
    if not values:
        if if_exists or quantifier == "ForAllValues":
            return True
        return quantifier is None and negated
    # The values of a condition are alternatives; a negated operator excludes all of them.
    one = lambda value: any(test(w, value, case, variables) for w in wanted) != negated
    if quantifier == "ForAllValues":
        return all(map(one, values))
    if quantifier == "ForAnyValue":
        return any(map(one, values))
    return all(map(one, values)) if negated else any(map(one, values))


# --- Statements ---

def statement_applies(statement, case, variables):
    action = any(like(a, case["action"], case, False, True) for a in as_list(statement.get("Action", [])))
    if "NotAction" in statement:
        action = not any(like(a, case["action"], case, False, True) for a in as_list(statement["NotAction"]))
    element = "NotResource" if "NotResource" in statement else "Resource"
    resource = any(arn_like(r, case["resource"], case, variables) for r in as_list(statement[element]))
    if (element == "NotResource") == resource or not action:
        return False
    return all(condition_holds(operator, key, wanted, case, variables)
               for operator, keys in statement.get("Condition", {}).items() for key, wanted in keys.items())


def ask(document, case):
    """The effects of the statements that apply."""
    variables = document.get("Version") == "2012-10-17"
    return {s["Effect"] for s in as_list(document["Statement"]) if statement_applies(s, case, variables)}


# How a Principal element means somebody.
NOBODY, ACCOUNT, ROLE, THEMSELVES = range(4)


def match_principal(element, who):
    if element == "*":
        return THEMSELVES
    named = as_list(element.get("AWS", []))
    if "*" in named:
        return THEMSELVES
    if who["kind"] == "service":
        return THEMSELVES if who["name"] in as_list(element.get("Service", [])) else NOBODY
    if who["kind"] == "anonymous":
        return NOBODY
    root = f"arn:aws:iam::{who['account']}:root"
    if who["arn"] in named and who["arn"] != root:
        return THEMSELVES
    if who.get("role_arn") and who["role_arn"] in named:
        return ROLE
    if root in named or who["account"] in named:
        return THEMSELVES if who["kind"] == "root" else ACCOUNT
    return NOBODY


def ask_resource(document, case):
    """(strongest grant, denied)."""
    grant, denied = NOBODY, False
    who = case["principal"]
    variables = document.get("Version") == "2012-10-17"
    for statement in as_list(document["Statement"]):
        if "NotPrincipal" in statement:
            spared = match_principal(statement["NotPrincipal"], who) >= ROLE
            match = NOBODY if spared else THEMSELVES
        else:
            match = match_principal(statement["Principal"], who)
        if match == NOBODY or not statement_applies(statement, case, variables):
            continue
        if statement["Effect"] == "Deny":
            denied = True
        else:
            grant = max(grant, match)
    return grant, denied


def decide(case):
    who = case["principal"]
    kind = who["kind"]
    own = not case["owner"] or case["owner"] == who["account"]
    grant, denied = ask_resource(case["resource_policy"], case) if case["resource_policy"] else (NOBODY, False)
    if case["policy_only_denies"]:
        grant = NOBODY
    if case["acl"] == "account" and kind != "anonymous":
        grant = max(grant, ACCOUNT)
    if case["acl"] == "everybody":
        grant = THEMSELVES
    identity = set().union(*(ask(d, case) for d in case["identity"])) if kind in OWN else set()
    session = set().union(*(ask(d, case) for d in who["session_policies"])) if kind in OWN else set()
    boundary = ask(case["boundary"], case) if case["boundary"] and kind in OWN else None
    mending = (kind == "root" and own and
               case["action"] in ("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"))
    if "Deny" in identity | session | (boundary or set()) or (denied and not mending):
        return "explicit deny"

    def allowed():
        if kind == "root":
            return grant != NOBODY or (own and not case["grant_required"])
        if kind not in OWN:
            return grant == THEMSELVES
        within = (boundary is None or "Allow" in boundary) and (
            "Allow" in session if who["session_policies"] or kind == "federated" else True)
        if not own:  # both accounts must allow
            return grant != NOBODY and "Allow" in identity and within
        if grant == THEMSELVES:
            return True
        if grant == ROLE:
            return within
        if case["grant_required"] and grant == NOBODY:
            return False
        return "Allow" in identity and within

    return "allow" if allowed() else "implicit deny"
