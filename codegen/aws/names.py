"""How the model's names become C++ names, and the model's patterns PCRE2's."""

import re

KEYWORDS = set("""
alignas alignof and asm auto bitand bitor bool break case catch char class compl concept const
consteval constexpr constinit continue co_await co_return co_yield decltype default delete do double
else enum explicit export extern false float for friend goto if inline int long mutable namespace new
noexcept not nullptr operator or private protected public register requires return short signed
sizeof static struct switch template this throw true try typedef typeid typename union unsigned
using virtual void volatile while xor
""".split())


def field_name(member: str) -> str:
    """The member's name in snake_case: SSEKMSKeyId -> ssekms_key_id, ETag -> e_tag."""
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", member)
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words).replace("-", "_")
    name = words.lower()
    return name + "_" if name in KEYWORDS else name


def type_name(shape: str) -> str:
    return shape[0].upper() + shape[1:]


def constant_name(shape: str) -> str:
    """The table of a shape. Names that differ only in the case of their first letter stay apart."""
    return "k" + shape if shape[0].isupper() else "k_" + shape


def literal(text: str) -> str:
    """A C++ string literal of the text's UTF-8 bytes."""
    out = []
    for byte in text.encode():
        if byte in (0x22, 0x5C):
            out.append("\\" + chr(byte))
        elif 0x20 <= byte < 0x7F:
            out.append(chr(byte))
        else:
            out.append(f"\\{byte:03o}")
    return '"' + "".join(out).replace("??", "?\\?") + '"'


def pcre_pattern(pattern: str) -> str:
    """The service's pattern (Java's grammar over UTF-16) in PCRE2's grammar over code points."""
    # Pairs of surrogates stand for all characters above the basic plane; the last form is a slip of
    # one model, which means the same.
    for pair in (r"\uD800\uDC00-\uDBFF\uDFFF", r"\uD800\uDBFF-\uDC00\uDFFF", r"\u10000-\u10FFFF"):
        pattern = pattern.replace(pair, r"\x{10000}-\x{10FFFF}")
    return re.sub(r"\\u([0-9A-Fa-f]{4})", r"\\x{\1}", pattern)
