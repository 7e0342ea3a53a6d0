"""Brings the archives of packages.toml into a folder, checked against their SHA-256.

usage: fetch_packages.py FOLDER   (run with the interpreter of FOLDER/tools: unearth, npm, maven-artifact)

Nothing is fetched again once FOLDER/<name>.ok holds the wanted SHA-256 and rules. Exit status 1 and
one line that says what failed and how to mend it when an archive cannot be had or is not the one named.
"""

import hashlib
import pathlib
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile


class FetchError(Exception):
    pass


def run(command: list[str], folder: pathlib.Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise FetchError(f"`{pathlib.Path(command[0]).name} ... {command[-1]}` failed: {last}")
    return done.stdout


def download(package: dict, folder: pathlib.Path) -> pathlib.Path:
    """The archive as the registry has it, in `folder`."""
    pin = package["name"], package["version"]
    bin_folder = pathlib.Path(sys.executable).parent
    if package["registry"] == "npm":
        run([str(bin_folder / "npm"), "pack", "--silent", "@".join(pin)], folder)
    elif package["registry"] == "pypi-sdist":
        run([str(bin_folder / "unearth"), "--no-binary", "--download", ".", "==".join(pin)], folder)
    elif package["registry"] == "pypi-wheel":
        run([str(bin_folder / "unearth"), "--only-binary", "--download", ".", "==".join(pin)], folder)
    elif package["registry"] == "maven":
        # name is group:artifact, with the classifier in a field of its own.
        classifier = ["jar", package["classifier"]] if "classifier" in package else []
        coordinates = ":".join([package["name"], *classifier, package["version"]])
        run([str(bin_folder / "maven-artifact"), coordinates, "archive.jar"], folder)
    else:
        raise FetchError(f"packages.toml names an unknown registry {package['registry']}")
    found = list(folder.iterdir())
    if len(found) != 1:
        raise FetchError(f"{'='.join(pin)}: one archive expected, got {[f.name for f in found]}")
    return found[0]


def members(archive: pathlib.Path):
    """(name, opened file) of each file in a tar archive or a zip (wheels, jars)."""
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as jar:
            for name in jar.namelist():
                if not name.endswith("/"):
                    with jar.open(name) as source:
                        yield name, source
        return
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile():
                with tar.extractfile(member) as source:
                    yield member.name, source


def unpack(archive: pathlib.Path, take: dict[str, str], folder: pathlib.Path) -> None:
    missing = set(take)
    for name, source in members(archive):
        for prefix, target in take.items():
            if not (name + "/").startswith(prefix + "/"):
                continue
            path = folder / (target + name[len(prefix):])
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "wb") as out:
                shutil.copyfileobj(source, out)
            missing.discard(prefix)
    if missing:
        raise FetchError(f"{archive.name} has no {', '.join(sorted(missing))}")


def fetch(package: dict, folder: pathlib.Path) -> None:
    stamp = folder / (package["name"].replace("/", "_") + ".ok")
    want = f"{package['version']} {package['sha256']} {sorted(package['take'].items())}\n"
    if stamp.exists() and stamp.read_text() == want:
        return
    print(f"fetching {package['name']} {package['version']}", flush=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        archive = download(package, pathlib.Path(scratch))
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        if digest != package["sha256"]:
            raise FetchError(
                f"{archive.name} has SHA-256 {digest}, not {package['sha256']}: "
                "the package changed or the download was altered; do not build with it")
        unpack(archive, package["take"], folder)
    stamp.write_text(want)


def main() -> int:
    folder = pathlib.Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    table = tomllib.loads((pathlib.Path(__file__).parent / "packages.toml").read_text())
    for package in table["package"]:
        if package.get("machine", platform.machine()) != platform.machine():
            continue
        try:
            fetch(package, folder)
        except (FetchError, OSError, tarfile.TarError, zipfile.BadZipFile) as error:
            print(f"set-up: {package['name']} {package['version']}: {error}\n"
                  "        check the network and the package registry's settings, then call ./x again",
                  file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
