"""What the package calls is what the headers declare."""

import re
import unittest
from pathlib import Path

from ogive import _library

HEADERS = Path(__file__).resolve().parents[2] / "include" / "ogive"


def declared(text: str) -> str:
    """Return the declarations of a header, each on one line with single spaces."""
    text = re.sub(r"//.*", "", text)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r"\( ", "(", text)


def missing(declarations: str, headers: str) -> list:
    """Return the declarations that no header has."""
    return [line for line in declarations.strip().splitlines() if line not in headers]


class BindingTest(unittest.TestCase):
    def setUp(self):
        self.headers = declared("".join(path.read_text() for path in HEADERS.glob("*.h")))

    def test_declarations_are_those_of_the_headers(self):
        self.assertEqual(missing(_library.DECLARATIONS, self.headers), [])

    def test_a_changed_argument_is_found(self):
        changed = self.headers.replace("int64_t index, char* text", "int index, char* text")
        self.assertNotEqual(changed, self.headers)
        self.assertEqual(len(missing(_library.DECLARATIONS, changed)), 1)

    def test_all_of_the_binding_is_known(self):
        names = set(re.findall(r"\b(og_binding_\w+)\(", self.headers))
        known = {name for name, _, _ in _library.parse(_library.DECLARATIONS)}
        self.assertEqual(names - known, set())

    def test_version(self):
        found = re.search(r"OG_BINDING_VERSION = (\d+)", self.headers)
        self.assertEqual(int(found[1]), _library.VERSION)

    def test_names(self):
        self.assertEqual(_library.NAMES["outcomes"], ["feasible", "infeasible", "failed"])
        self.assertEqual(_library.NAMES["states"], ["given", "held", "busy", "enough", "over"])


if __name__ == "__main__":
    unittest.main()
