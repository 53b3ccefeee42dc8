"""Runs the lessons and keeps their outputs: N_title.py is what people write, N_title.ipynb is what
people open.

    notebooks/renew.py                   runs every lesson, writes its .ipynb with all outputs
    notebooks/renew.py 4_change          only those whose names begin so
    notebooks/renew.py --check           runs them and compares with what is stored; writes nothing

A lesson is Python in percent format: "# %%" opens a cell of code, "# %% [markdown]" one of text.
A cell "# %% [varies]" may print something else on every computer, so its text is not compared.
Needs nbclient, nbformat and ipykernel beside the package (pip install ".[notebook]" nbclient).
"""

import argparse
import concurrent.futures
import pathlib
import re
import sys

import nbclient
import nbformat

FOLDER = pathlib.Path(__file__).resolve().parent
SECONDS = 60  # of processor time a lesson may take, so that it ends within them on one core too
HUNG = 600  # seconds after which a cell of a busy computer is given up
PICTURE_BYTES = 300_000
OPENING = re.compile(r"# %%(?: \[(markdown|varies)\])?$")


def cells_of(text):
    """The cells of a lesson in percent format."""
    kind, lines, cells = None, [], []

    def close():
        body = "\n".join(lines).strip("\n")
        if kind is None or not body:
            return
        number = f"cell-{len(cells) + 1:02}"
        if kind == "markdown":
            prose = "\n".join(re.sub(r"^# ?", "", line) for line in body.splitlines())
            cells.append(nbformat.v4.new_markdown_cell(prose, id=number))
        else:
            tags = {"tags": ["varies"]} if kind == "varies" else {}
            cells.append(nbformat.v4.new_code_cell(body, id=number, metadata=tags))

    for line in text.splitlines():
        opening = OPENING.match(line)
        if opening:
            close()
            kind, lines = opening.group(1) or "code", []
        else:
            lines.append(line)
    close()
    return cells


def lesson(source):
    """The notebook of a lesson, not yet run."""
    book = nbformat.v4.new_notebook(cells=cells_of(source.read_text(encoding="utf-8")))
    book.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    return book


def run(source):
    """A lesson with its outputs. Raises what a cell raises, and when it takes too long."""
    book = lesson(source)
    book.cells.append(nbformat.v4.new_code_cell("import time; print(time.process_time())"))
    nbclient.NotebookClient(book, timeout=HUNG, kernel_name="python3", record_timing=False,
                            startup_timeout=HUNG,
                            resources={"metadata": {"path": str(source.parent)}}).execute()
    seconds = float(book.cells.pop().outputs[0]["text"])
    if seconds > SECONDS:
        raise TimeoutError(f"{seconds:.0f} s of processor time; {SECONDS} at most")
    for cell in book.cells:
        # Bars and warnings of other packages are no part of a lesson.
        if cell.cell_type == "code":
            cell.outputs = [one for one in cell.outputs if one.get("name") != "stderr"]
    book.metadata = lesson(source).metadata
    return book, seconds


def told(cell):
    """What a cell says, as text, and how many pictures it shows."""
    if cell.cell_type != "code" or "varies" in cell.metadata.get("tags", []):
        return "", 0
    text, pictures = "", 0
    for output in cell.outputs:
        data = output.get("data", {})
        pictures += "image/png" in data
        text += output.get("text", "") or data.get("text/plain", "")
    return text, pictures


def differences(stored, new):
    """Sentences, one per cell that is not as stored."""
    if [cell.source for cell in stored.cells] != [cell.source for cell in new.cells]:
        yield "its cells are not those of the .py file"
        return
    for cell, other in zip(stored.cells, new.cells):
        if told(cell) != told(other):
            yield (f"{cell.id} says otherwise than stored\n--- stored: {told(cell)}\n"
                   f"--- now: {told(other)}")


def large_pictures(book):
    for cell in book.cells:
        for output in cell.get("outputs", []):
            size = len(output.get("data", {}).get("image/png", "")) * 3 // 4
            if size > PICTURE_BYTES:
                yield f"{cell.id} shows a picture of {size} bytes; {PICTURE_BYTES} at most"


def check(source):
    """Problems of a lesson and what is stored of it, as sentences."""
    target = source.with_suffix(".ipynb")
    if not target.exists():
        return [f"{target.name} is missing"]
    stored = nbformat.read(target, as_version=4)
    try:
        new, _ = run(source)
    except Exception as problem:  # noqa: BLE001 - whatever a lesson raises is its problem
        return [f"{type(problem).__name__}: {problem}"]
    return [*differences(stored, new), *large_pictures(stored)]


def renew(source):
    """Writes the notebook of a lesson; problems as sentences."""
    try:
        book, seconds = run(source)
    except Exception as problem:  # noqa: BLE001
        return [f"{type(problem).__name__}: {problem}"]
    nbformat.write(book, source.with_suffix(".ipynb"))
    print(f"{source.stem}: {seconds:.1f} s of processor time", flush=True)
    return list(large_pictures(book))


def links(cell):
    """The lessons that a cell of text leads to."""
    return re.findall(r"\]\((\S+?\.ipynb)\)", cell.source)


def main(words=None):
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("lessons", nargs="*", help="how their names begin; all unless told")
    arguments.add_argument("--check", action="store_true", help="compare, write nothing")
    arguments.add_argument("--jobs", type=int, default=2, help="lessons at a time")
    asked = arguments.parse_args(words)
    sources = [source for source in sorted(FOLDER.glob("[0-9]_*.py"))
               if not asked.lessons or source.name.startswith(tuple(asked.lessons))]
    failed = not sources
    with concurrent.futures.ThreadPoolExecutor(asked.jobs) as pool:
        work = check if asked.check else renew
        for source, problems in zip(sources, pool.map(work, sources)):
            print(f"{source.stem}: {'wrong' if problems else 'good'}", flush=True)
            for problem in problems:
                print(f"  {problem}", flush=True)
            failed = failed or bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
