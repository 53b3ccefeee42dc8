"""What the pages show works as they show it: the first plot, step by step, and the machine shop."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys
import venv

import pytest
from conftest import ROOT

import foretwin as ft

PAGE = ROOT / "bindings/README.md"
SIMPY_PAGE = ROOT / "bindings/python/from_simpy.md"
EXAMPLES = ROOT / "bindings/python/examples"


def blocks(page: pathlib.Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)


def test_the_steps_to_a_first_plot(tmp_path: pathlib.Path) -> None:
    """Line by line, in a folder that has the tree's files. Packages come from the tests' own
    environment and the wheel that was built there, in the place of the index and the compiler."""
    wheels = sorted((ROOT / "build/dist").glob("foretwin-*.whl"))
    if not wheels or not pathlib.Path(ft.__file__).is_relative_to(ROOT / "build/python_venv"):
        pytest.skip("runs with the installed package (package_test.sh)")
    for entry in ("scenarios", "tools"):
        (tmp_path / entry).symlink_to(ROOT / entry)
    (tmp_path / "first_plot.py").write_text(blocks(PAGE, "python")[0])
    lines = blocks(PAGE, "sh")[0].splitlines()
    assert lines[0] == "./tools/quickstart" and (ROOT / lines[0]).exists()
    assert lines[1] == "python3 -m venv .venv"
    venv.create(tmp_path / ".venv", with_pip=False)
    site = next((tmp_path / ".venv/lib").glob("python3.*/site-packages"))
    (site / "tests.pth").write_text(str(pathlib.Path(ft.__file__).parents[1]))
    assert lines[2] == ".venv/bin/pip install '.[plots]'"
    subprocess.run([sys.executable, "-m", "pip", "--python", ".venv/bin/python", "install", "-q",
                    "--no-deps", "--no-index", "--ignore-installed", str(wheels[0])], cwd=tmp_path,
                   check=True)
    program, argument = lines[3].split()
    told = subprocess.run([str(tmp_path / program), argument], cwd=tmp_path, text=True,
                          capture_output=True, timeout=300)
    assert told.returncode == 0, told.stderr
    assert (tmp_path / "first_plot.png").read_bytes().startswith(b"\x89PNG")
    assert "Bottling" in told.stdout or "bottling" in told.stdout
    assert (site / "foretwin/_engine.pyi").exists()


def test_the_page_about_simpy_shows_the_programs_of_the_examples() -> None:
    assert blocks(SIMPY_PAGE, "python") == [(EXAMPLES / "machine_shop_simpy.py").read_text(),
                                            (EXAMPLES / "machine_shop.py").read_text()]


def made_per_week(program: str, *arguments: str) -> tuple[str, float]:
    told = subprocess.run([sys.executable, str(EXAMPLES / program), *arguments], cwd=EXAMPLES,
                          capture_output=True, text=True, timeout=300, check=True).stdout
    return told, float(re.search(r"parts per week: (\d+)", told).group(1))


def test_simpy_and_foretwin_make_as_many_parts() -> None:
    """16 futures of 4 weeks spread by some 35 parts a week around their mean, in both."""
    _, simpy = made_per_week("machine_shop_simpy.py", "16", "4")
    told, own = made_per_week("machine_shop.py", "16", "4")
    assert abs(simpy - own) < 4 * 35 * 2**0.5
    assert "with a second repairman: +" in told


@pytest.mark.parametrize("program", sorted(path.name for path in EXAMPLES.glob("*.py")))
def test_every_example_runs(program: str, tmp_path: pathlib.Path) -> None:
    told = subprocess.run([sys.executable, str(EXAMPLES / program)], cwd=ROOT, text=True,
                          capture_output=True, timeout=300)
    assert told.returncode == 0, told.stderr
    assert told.stdout
