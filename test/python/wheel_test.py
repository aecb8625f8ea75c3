"""The wheel: built without a network, installed into a folder, imported from there."""

import base64
import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = (
    "import ogive, ogive._library as library\n"
    "print(library.library._name)\n"
    "study = ogive.Study(space={'x': ogive.Real(0, 1)})\n"
    "study.optimize(lambda trial: trial['x'], n_trials=20)\n"
    "print(len(study.trials))\n")


def clean():
    """Return the environment of a user: nothing says where the library is."""
    return {key: value for key, value in os.environ.items()
            if key not in ("OGIVE_LIBRARY", "PYTHONPATH")}


class WheelTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def build(self):
        folder = os.path.join(self.folder, "dist")  # made when it is missing
        name = subprocess.run([sys.executable, str(ROOT / "python" / "backend.py"), folder],
                              check=True, capture_output=True, text=True).stdout.strip()
        return os.path.join(folder, name)

    def works(self, target):
        done = subprocess.run([sys.executable, "-W", "error", "-c", PROGRAM],
                              env={**clean(), "PYTHONPATH": target}, cwd=self.folder, check=True,
                              capture_output=True, text=True)
        self.assertEqual(done.stdout.splitlines(),
                         [os.path.join(os.path.realpath(target), "ogive", "libogive.so"), "20"])

    def test_unpacked(self):
        target = os.path.join(self.folder, "target")
        with zipfile.ZipFile(self.build()) as wheel:
            wheel.extractall(target)
        self.works(target)

    def test_record(self):
        with zipfile.ZipFile(self.build()) as wheel:
            names = set(wheel.namelist())
            record = next(name for name in names if name.endswith("RECORD"))
            for line in wheel.read(record).decode().split():
                name, digest, size = line.split(",")
                names.remove(name)
                if name != record:
                    data = wheel.read(name)
                    found = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
                    self.assertEqual(digest, "sha256=" + found.rstrip(b"=").decode())
                    self.assertEqual(int(size), len(data))
        self.assertEqual(names, set())

    def test_twice_the_same(self):
        first = Path(self.build()).read_bytes()
        self.assertEqual(first, Path(self.build()).read_bytes())

    @unittest.skipUnless(importlib.util.find_spec("pip"), "pip is not installed")
    def test_installed_by_pip(self):
        target = os.path.join(self.folder, "target")
        for source in (self.build(), str(ROOT / "python")):
            subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-index",
                            "--no-deps", "--no-build-isolation", "--upgrade", "--target", target,
                            "--no-warn-script-location", "--root-user-action=ignore", source],
                           check=True, cwd=self.folder, capture_output=True,
                           env={**os.environ, "PYTHONWARNINGS": "ignore"})
            self.works(target)

    def test_without_a_library(self):
        done = subprocess.run([sys.executable, "-c", "import ogive"], capture_output=True, text=True,
                              env={**clean(), "PYTHONPATH": str(ROOT / "python"),
                                   "OGIVE_LIBRARY": "/nowhere/libogive.so"}, check=False)
        self.assertIn("ImportError", done.stderr)
        self.assertIn("/nowhere/libogive.so", done.stderr)


if __name__ == "__main__":
    unittest.main()
