"""Proves tools/layers.txt on the includes of src/. Run from the repository's root; exit 1 on a breach."""

import pathlib
import re
import sys

SOFT_FILE_LINES = 800
INCLUDE = re.compile(r'\s*#\s*include\s+(["<])([^">]+)')


def read_rules(text: str) -> tuple[dict[str, set[str]], list[str]]:
    rules: dict[str, set[str]] = {}
    breaches = []
    for line in text.splitlines():
        if line.startswith("#") or ":" not in line:
            continue
        key, value = (part.strip() for part in line.split(":", 1))
        for name in value.split():
            if name not in rules and name != "*":
                breaches.append(f"tools/layers.txt: {key} names {name}, which does not stand above it")
        rules[key] = set(value.split())
    return rules, breaches


def longest_match(rules: dict[str, set[str]], name: str) -> str:
    def covers(rule: str) -> bool:
        return name == rule or name.startswith(rule if rule[0] == "<" else rule + "/")

    return max(filter(covers, rules), key=len, default="?")


def check_file(rules: dict[str, set[str]], file: pathlib.Path) -> list[str]:
    breaches = []
    folder = longest_match(rules, file.relative_to("src").as_posix())
    if folder == "?":
        return [f"{file}: stands in no folder of tools/layers.txt"]
    may = rules[folder]
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if not (found := INCLUDE.match(line)):
            continue
        quote, path = found.groups()
        if quote == "<":
            library = longest_match(rules, "<" + path)
            allowed = library == "?" or folder in rules[library]
        else:
            target = longest_match(rules, path)
            allowed = target != "?" and (target == folder or target in may or "*" in may)
        if not allowed:
            breaches.append(f"{file}:{number}: {folder} may not include {path}")
    return breaches


def main() -> int:
    rules, breaches = read_rules(pathlib.Path("tools/layers.txt").read_text())
    files = sorted(pathlib.Path("src").rglob("*.[hc]*"))
    for file in files:
        breaches += check_file(rules, file)
        if (lines := len(file.read_text().splitlines())) > SOFT_FILE_LINES:
            print(f"note: {file} has {lines} lines; is it still one purpose?")
    print("\n".join(breaches) or f"layers ok: {len(rules)} rules, {len(files)} files")
    return bool(breaches)


if __name__ == "__main__":
    sys.exit(main())
