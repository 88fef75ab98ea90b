"""The build context of a tier's image: what the Dockerfile finds, and the hash that names it."""

import hashlib
import io
import shlex
import tarfile
from pathlib import Path

from sandbox import languages, warm
from sandbox.languages import Language

HERE = Path(__file__).parent
PLACE = "/opt/lovelace/languages"
"""Where a language's own files lie in the image."""
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
"""Those that this machine trusts, for downloads while the image is built: it may sit behind a proxy of its own."""


def recipe_directory() -> Path:
    """Where the Dockerfile, the languages' files and the seccomp profile are: in the wheel, or in the checkout."""
    packed = HERE / "recipe"
    return packed if packed.is_dir() else HERE.parent / "docker" / "sandbox"


def packages(tier: str) -> list[str]:
    """The Debian packages that an image of ``tier`` holds."""
    return sorted({package for language in _members(tier) for package in language.packages})


def recipe(tier: str) -> str:
    """The hash of all that goes into the image."""
    total = hashlib.sha256(" ".join(packages(tier)).encode())
    for name, data in _files(tier).items():
        total.update(f"\n{name} {hashlib.sha256(data).hexdigest()}".encode())
    return total.hexdigest()[:12]


def archive(tier: str) -> bytes:
    """The build context as a tar archive."""
    files = _files(tier)
    files["opt/certificates.pem"] = CERTIFICATES.read_bytes() if CERTIFICATES.exists() else b""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as packed:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o644
            packed.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def _members(tier: str) -> list[Language]:
    """The languages of ``tier``, those whose files they use, and Python, which is the agent's own."""
    catalogue = languages.catalogue()
    found = [catalogue[name] for name in languages.tiers()[tier]]
    whole = {"python", *(language.name for language in found), *(one.tests_of for one in found if one.tests_of)}
    return [catalogue[name] for name in sorted(whole)]


def _files(tier: str) -> dict[str, bytes]:
    """What the build context holds, by path."""
    files = {
        "Dockerfile": (recipe_directory() / "Dockerfile").read_bytes(),
        "leave-out": _leave_out(tier),
        "opt/prepare.sh": _prepare_script(tier),
        "opt/versions.sh": _versions_script(tier),
    }
    for path in sorted((recipe_directory() / "etc").iterdir()):
        files[f"etc/{path.name}"] = path.read_bytes()
    for language in _members(tier):
        own = recipe_directory() / language.name
        for path in sorted(path for path in own.rglob("*") if path.is_file()):
            files[f"opt/languages/{language.name}/{path.relative_to(own)}"] = path.read_bytes()
    files |= {f"warm/{name}": data for name, data in warm.modules().items()}
    return files | {f"agent/{path.name}": path.read_bytes() for path in sorted((HERE / "agent").glob("*.py"))}


def _leave_out(tier: str) -> bytes:
    """The configuration of dpkg: what it does not unpack."""
    patterns = [pattern for language in _members(tier) for pattern in language.leave_out]
    return "".join(f"path-exclude={pattern}\n" for pattern in patterns).encode()


def _prepare_script(tier: str) -> bytes:
    """A shell script that does what the languages want done, each in its own directory and environment."""
    members = _members(tier)
    extra = {package for language in members for package in language.prepare_packages} - set(packages(tier))
    lines = ["set -eu", "umask 022", "export HOME=/tmp LANG=C.UTF-8"]
    if extra:
        lines.append(f"apt-get update && apt-get install -y --no-install-recommends {' '.join(sorted(extra))}")
    for language in members:
        exports = [f"export {name}={shlex.quote(value)}" for name, value in language.environment.items()]
        if language.prepare:
            place = f"{PLACE}/{language.name}"
            lines += ["(", f"mkdir -p {place}", f"cd {place}", *exports, *language.prepare, ")"]
    if extra:
        lines.append(f"apt-get purge -y --autoremove {' '.join(sorted(extra))}")
    return ("\n".join(lines) + "\n").encode()


def _versions_script(tier: str) -> bytes:
    """A shell script that prints a JSON object: what each compiler says of itself."""
    parts = [
        f'printf \'%s"%s": "%s"\' {shlex.quote(separator)} {name} "$({languages.catalogue()[name].version})"\n'
        for separator, name in zip(["{", *[", "] * 99], languages.tiers()[tier], strict=False)
    ]
    return ("set -e\n" + "".join(parts) + "echo '}'\n").encode()
