"""Every command that a README shows works, and every place it points to exists.

Runs the lines of ```sh blocks that begin with build/release/foretwin, in order, README by README;
results go to a folder of the test. A line ending in "# exit 1" or "# exit 2" must end so.
"""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests"))
import plain  # noqa: E402

FORETWIN = os.environ.get("FORETWIN", str(ROOT / "build/release/foretwin"))
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
START = re.compile(r"start reading at\W*\s*((?:`[^`]+`[,; and]*)+)", re.IGNORECASE)


def readmes():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.md"], cwd=ROOT,
                            capture_output=True, check=True, text=True).stdout.split()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def commands_of(text):
    """(command, expected exit code) of every line that runs the command line tool."""
    for block in BLOCK.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            if line.startswith("build/release/foretwin"):
                expected = re.search(r"# exit (\d)", line)
                yield line.split(" #")[0].strip(), int(expected.group(1)) if expected else 0


class Readmes(unittest.TestCase):
    def test_commands_work(self):
        with tempfile.TemporaryDirectory() as folder:
            for readme in readmes():
                for command, expected in commands_of(readme.read_text()):
                    with self.subTest(readme=str(readme.relative_to(ROOT)), command=command):
                        self.run_command(command, expected, folder)

    def run_command(self, command, expected, folder):
        words = [FORETWIN] + shlex.split(command)[1:]
        for place, word in enumerate(words):
            if word.startswith("results/"):
                words[place] = f"{folder}/{word}"
                pathlib.Path(words[place]).parent.mkdir(parents=True, exist_ok=True)
        result = subprocess.run(words, cwd=ROOT, capture_output=True, text=True,
                                stdin=subprocess.DEVNULL, timeout=600)
        self.assertEqual(result.returncode, expected, result.stderr[-2000:])

    def test_the_front_page_shows_the_two_commands_and_a_question(self):
        text = (ROOT / "README.md").read_text()
        self.assertIn("./tools/quickstart", text)
        self.assertIn("./tools/test", text)
        self.assertTrue(list(commands_of(text)))

    def test_links_lead_somewhere(self):
        for readme in readmes():
            for target in LINK.findall(readme.read_text()):
                if "://" not in target and not target.startswith("mailto:"):
                    with self.subTest(readme=str(readme.relative_to(ROOT)), target=target):
                        self.assertTrue((readme.parent / target).exists())

    def test_what_to_read_first_exists(self):
        for readme in readmes():
            for places in START.findall(readme.read_text()):
                for place in re.findall(r"`([^`]+)`", places):
                    with self.subTest(readme=str(readme.relative_to(ROOT)), place=place):
                        self.assertTrue((readme.parent / place).exists()
                                        or (ROOT / place).exists())


if __name__ == "__main__":
    plain.main()
