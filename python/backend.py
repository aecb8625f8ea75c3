"""Builds the wheel of the package, with libogive.so in it and without downloading anything.

The hooks of PEP 517, so that ``pip wheel --no-deps python/`` works; or ``python3 python/backend.py
FOLDER``. The library is the one that the variable OGIVE_LIBRARY names, or build/libogive.so.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def _project(key: str) -> str:
    found = re.search(rf'^{key} = "(.*)"$', (HERE / "pyproject.toml").read_text(), re.MULTILINE)
    assert found, key
    return found[1]


def _library() -> Path:
    given = os.environ.get("OGIVE_LIBRARY")
    path = Path(given) if given else HERE.parent / "build" / "libogive.so"
    if not path.is_file():
        raise SystemExit(f"{path} is not there: build the library, or set OGIVE_LIBRARY to it")
    return path.resolve()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _add(wheel: zipfile.ZipFile, record: "list[str]", name: str, data: bytes) -> None:
    # the same files make the same wheel
    entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
    entry.external_attr = (0o755 if name.endswith(".so") else 0o644) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    wheel.writestr(entry, data)
    record.append(f"{name},sha256={_digest(data)},{len(data)}")


def build_wheel(wheel_directory: str, config_settings: object = None,
                metadata_directory: object = None) -> str:
    """Write the wheel into a folder and return its name."""
    name, version = _project("name"), _project("version")
    platform = re.sub(r"[-.]", "_", sysconfig.get_platform())
    tag = f"py3-none-{platform}"
    folder = f"{name}-{version}.dist-info"
    file = f"{name}-{version}-{tag}.whl"
    record: "list[str]" = []
    metadata = (f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
                f"Summary: {_project('description')}\nLicense: Apache-2.0\n"
                f"Requires-Python: {_project('requires-python')}\n"
                "Description-Content-Type: text/markdown\n\n" + (HERE / "README.md").read_text())
    about = (f"Wheel-Version: 1.0\nGenerator: {name}\nRoot-Is-Purelib: false\nTag: {tag}\n")
    os.makedirs(wheel_directory, exist_ok=True)
    with zipfile.ZipFile(os.path.join(wheel_directory, file), "w") as wheel:
        for path in sorted((HERE / "ogive").glob("*.py*")):
            if path.is_file():
                _add(wheel, record, f"ogive/{path.name}", path.read_bytes())
        _add(wheel, record, "ogive/py.typed", b"")
        _add(wheel, record, "ogive/libogive.so", _library().read_bytes())
        _add(wheel, record, f"{folder}/METADATA", metadata.encode())
        _add(wheel, record, f"{folder}/WHEEL", about.encode())
        record.append(f"{folder}/RECORD,,")
        wheel.writestr(zipfile.ZipInfo(f"{folder}/RECORD", (2020, 1, 1, 0, 0, 0)),
                       "\n".join(record) + "\n")
    return file


def build_sdist(sdist_directory: str, config_settings: object = None) -> str:
    """Write the sources into a folder and return the name of the archive."""
    stem = f"{_project('name')}-{_project('version')}"
    with tarfile.open(os.path.join(sdist_directory, f"{stem}.tar.gz"), "w:gz") as archive:
        for path in sorted(HERE.rglob("*")):
            if path.is_file() and path.suffix in (".py", ".toml", ".md", ".typed"):
                archive.add(path, f"{stem}/{path.relative_to(HERE)}")
    return f"{stem}.tar.gz"


if __name__ == "__main__":
    print(build_wheel(sys.argv[1] if len(sys.argv) > 1 else "."))
