"""`python -m tools.delivery.package FILE [RELEASE]`: build the package that every environment gets.

It holds the app and its libraries for Python 3.13 on Linux, compiled (without bytecode a start takes seconds), and
nothing that is for people or for one machine only. Its digest lies beside it and is checked before each deployment.
The release, a commit, lies in it, and `/health` names it: also after a rollback to an older package.
"""

import compileall
import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from py_compile import PycInvalidationMode

ROOMS = ("blueprints", "usecases", "domain", "adapters")
FILES = ("function_app.py", "host.json", "requirements.txt")
RELEASE = "RELEASE"
_LIBRARIES = Path(".python_packages/lib/site-packages")
_LEFT_OUT = ("__pycache__", "tests")
_SAME_TIME = (2026, 1, 1, 0, 0, 0)
_INSTALL_SECONDS = 600
_LOAD_SECONDS = 60


class IncompletePackage(FileNotFoundError):
    """A room or file that the app needs is not there."""


def gather(root: Path, stage: Path) -> None:
    """Copy what is deployed into an empty folder; raises `IncompletePackage`, which names what is missing."""
    missing = [name for name in (*ROOMS, *FILES) if not (root / name).exists()]
    if missing:
        raise IncompletePackage(", ".join(missing))
    for room in ROOMS:
        shutil.copytree(root / room, stage / room, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    for name in FILES:
        shutil.copy2(root / name, stage / name)


def sign(stage: Path, release: str) -> None:
    """Say in the package which release it is; one that is built by hand has no name."""
    if release:
        (stage / RELEASE).write_text(f"{release}\n", encoding="utf-8")


def install(stage: Path) -> None:
    """Install the pinned libraries into the place where Functions looks for them."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-compile",
        "--only-binary",
        ":all:",
    ]
    target = ["--target", str(stage / _LIBRARIES), "--requirement", str(stage / "requirements.txt")]
    subprocess.run([*command, *target], check=True, timeout=_INSTALL_SECONDS)


def load_all(stage: Path) -> None:
    """Load every area with the package's own libraries alone: a start would not, and a call is too late to learn it.

    Raises ``CalledProcessError``; what is missing stands in what it printed.
    """
    load = [sys.executable, "-S", "-B", "-c", "import function_app, blueprints._areas"]
    libraries = {"PYTHONPATH": str((stage / _LIBRARIES).resolve())}
    subprocess.run(load, cwd=stage, env=libraries, check=True, timeout=_LOAD_SECONDS)


def compile_all(stage: Path) -> None:
    """Compile everything, with bytecode that holds however the files' times come out."""
    mode = PycInvalidationMode.UNCHECKED_HASH
    if not compileall.compile_dir(
        stage, quiet=1, workers=1, invalidation_mode=mode, stripdir=str(stage)
    ):
        raise SystemExit("a file does not compile")


def pack(stage: Path, target: Path) -> str:
    """Zip a folder so that the same content gives the same bytes; writes and returns the digest."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files(stage):
            entry = zipfile.ZipInfo(path.relative_to(stage).as_posix(), _SAME_TIME)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    target.with_name(f"{target.name}.sha256").write_text(
        f"{digest}  {target.name}\n", encoding="utf-8"
    )
    return digest


def _files(stage: Path) -> Iterator[Path]:
    return (path for path in sorted(stage.rglob("*")) if path.is_file())


def main(root: Path, target: Path, release: str) -> None:
    """Build the package of a checkout."""
    stage = target.with_suffix("")
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    gather(root, stage)
    sign(stage, release)
    install(stage)
    load_all(stage)
    compile_all(stage)
    print(f"{target.name}: {pack(stage, target)}")


if __name__ == "__main__":
    main(Path.cwd(), Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
