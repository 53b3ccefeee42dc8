"""What lessons_test.sh runs inside the environment of the package tests."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "notebooks"), str(ROOT / "tests")]
import nbformat  # noqa: E402
import plain  # noqa: E402
import renew  # noqa: E402

LESSON = "# %% [markdown]\n# A sum.\n\n# %%\nprint(1 + 1)\n"


class TheEightLessons(unittest.TestCase):
    def test_there_are_eight_in_order_and_the_readme_names_each(self):
        readme = (ROOT / "notebooks/README.md").read_text(encoding="utf-8")
        sources = sorted(renew.FOLDER.glob("[0-9]_*.py"))
        self.assertEqual([source.name[0] for source in sources], list("12345678"))
        for source in sources:
            self.assertIn(f"({source.stem}.ipynb)", readme)

    def test_links_between_lessons_lead_somewhere(self):
        for source in renew.FOLDER.glob("[0-9]_*.py"):
            for cell in renew.cells_of(source.read_text(encoding="utf-8")):
                for target in renew.links(cell):
                    self.assertTrue((renew.FOLDER / target).exists(), f"{source.name}: {target}")


class EveryLesson(unittest.TestCase):
    def test_runs_and_says_what_is_stored(self):
        self.assertEqual(renew.main(["--check"]), 0)


class TheJudge(unittest.TestCase):
    """One small lesson, stored well and then spoilt in each way."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.source = pathlib.Path(self.folder.name) / "1_sum.py"
        self.source.write_text(LESSON, encoding="utf-8")
        self.addCleanup(self.folder.cleanup)

    def store(self, text="2\n"):
        book = renew.lesson(self.source)
        book.cells[1].outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]
        nbformat.write(book, self.source.with_suffix(".ipynb"))

    def test_accepts_what_is_as_stored(self):
        self.store()
        self.assertEqual(renew.check(self.source), [])

    def test_refuses_another_output(self):
        self.store("3\n")
        self.assertIn("says otherwise than stored", renew.check(self.source)[0])

    def test_refuses_other_cells(self):
        self.store()
        self.source.write_text(LESSON.replace("1 + 1", "2"), encoding="utf-8")
        self.assertIn("not those of the .py file", renew.check(self.source)[0])

    def test_refuses_a_cell_that_raises(self):
        self.source.write_text("# %%\nraise ValueError('no')\n", encoding="utf-8")
        self.store_nothing()
        self.assertIn("ValueError", renew.check(self.source)[0])

    def test_refuses_a_lesson_that_is_not_stored(self):
        self.assertEqual(renew.check(self.source), ["1_sum.ipynb is missing"])

    def store_nothing(self):
        nbformat.write(renew.lesson(self.source), self.source.with_suffix(".ipynb"))


if __name__ == "__main__":
    plain.main()
