"""The programs of docs/python.md print what stands behind them.

With the argument "rewrite", the page is written anew with what they print.
"""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "python.md"
PROGRAM = re.compile(r"```python\n(.*?)```\n```text\n(.*?)```", re.DOTALL)


def run(program: str, folder: str) -> str:
    """Return what a program prints."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], cwd=folder, check=False,
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


class DocumentTest(unittest.TestCase):
    def test_programs(self):
        programs = PROGRAM.findall(PAGE.read_text())
        self.assertGreaterEqual(len(programs), 5)
        self.assertEqual(len(programs), PAGE.read_text().count("```python"))
        for program, printed in programs:
            with self.subTest(program), tempfile.TemporaryDirectory() as folder:
                self.assertEqual(run(program, folder), printed)
                for file in re.findall(r'save\("(.*?)"', program):
                    self.assertGreater(os.path.getsize(os.path.join(folder, file)), 1000)

    def test_program_of_the_package(self):
        page = PAGE.parents[1] / "python" / "README.md"
        program = re.search(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
        with tempfile.TemporaryDirectory() as folder:
            self.assertIn("'page': 'Closed'", run(program[1], folder))


def rewrite() -> None:
    """Put what the programs print into the page."""
    def block(match: "re.Match[str]") -> str:
        with tempfile.TemporaryDirectory() as folder:
            return f"```python\n{match[1]}```\n```text\n{run(match[1], folder)}```"

    PAGE.write_text(PROGRAM.sub(block, PAGE.read_text()))


if __name__ == "__main__":
    if sys.argv[1:] == ["rewrite"]:
        rewrite()
    else:
        unittest.main()
