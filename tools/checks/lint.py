"""Own lint: bans with their replacements, sizes, and a README in every folder of the house.

    tools/checks/lint.py            checks the tree, prints file:line and what to do, exits 1 if any
"""

import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import bans  # noqa: E402
import cpp_text  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLUMNS = 100
FILE_LINES = 500
FUNCTION_LINES = 70
CODE = (".cpp", ".hpp", ".py", ".sh", ".cmake")
PROSE_OF_README = ("takes", "gives", "may use", "does not belong here", "start reading at")
HOUSE = ("engine", "models", "scenarios", "bindings", "tools")
IMPORTED = ("tests/known_answers/check.py",)  # kept as its authors wrote it
ALLOW = re.compile(r"lint: allow ([\w ]+), because \w+")


def tracked(root):
    """Files of the tree, new ones included, what git ignores left out."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=root,
                            capture_output=True, check=True).stdout.decode().split("\0")
    return sorted({name for name in listed if name and (root / name).is_file()})


def is_code(name):
    return name.endswith(CODE) or name in ("tools/quickstart", "tools/test", ".ci/run",
                                           "CMakeLists.txt")


def check_bans(name, lines, code_lines):
    active = [ban for ban in bans.BANS if ban.applies(name)]
    for number, (line, code) in enumerate(zip(lines, code_lines), 1):
        for ban in active:
            # "unfinished" words sit in comments, so that ban looks at the whole line.
            match = ban.finds(line if ban.name == "unfinished" else code)
            allowed = ALLOW.search(line)
            if match and not (allowed and allowed.group(1) == ban.name):
                yield number, f"{match.group(0).strip()} is banned here; use {ban.instead}"


def check_sizes(name, lines, functions):
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS and "://" not in line:
            yield number, f"{len(line)} columns; {COLUMNS} at most"
    if len(lines) > FILE_LINES:
        yield 1, f"{len(lines)} lines; {FILE_LINES} at most: one subject per file"
    for function in functions:
        if function.lines > FUNCTION_LINES:
            yield function.first_line, (f"function of {function.lines} lines; {FUNCTION_LINES} at "
                                        "most: the parent decides, the leaves compute")


def check_header(name, lines):
    if name.endswith(".hpp") and "#pragma once" not in lines[:40]:
        yield 1, "a header starts with #pragma once"
    # The build compiles only those headers alone that have no source (tools/build/foretwin.cmake).
    own = f"{name[:-4]}.hpp"
    if name.endswith(".cpp") and (ROOT / own).is_file():
        included = [line for line in lines if line.startswith("#include")]
        if included[:1] != [f'#include "{own}"']:
            yield 1, f'the first include is "{own}": so the header is known to compile alone'


def check_file(name, text):
    """Problems of one file as (line, sentence)."""
    lines = text.splitlines()
    is_cpp = name.endswith((".cpp", ".hpp"))
    code = (cpp_text.without_comments_and_strings(text) if is_cpp
            else re.sub(r"(?m)(^|\s)#.*$", "", text))
    functions = cpp_text.functions(code) if is_cpp else []
    yield from check_bans(name, lines, code.splitlines())
    if is_code(name):
        yield from check_sizes(name, lines, functions)
        yield from check_header(name, lines)


def check_readmes(root, names):
    """Every folder of the house with sources says in 20 lines what it is for."""
    folders = {str(pathlib.PurePosixPath(name).parent) for name in names
               if name.startswith(tuple(f"{top}/" for top in HOUSE)) and is_code(name)}
    for folder in sorted(folders | {top for top in HOUSE if (root / top).is_dir()}):
        readme = root / folder / "README.md"
        if not readme.is_file():
            yield f"{folder}/README.md", 1, "is missing: every folder of the house has one"
            continue
        head = " ".join(readme.read_text().splitlines()[:20]).lower()
        for phrase in PROSE_OF_README:
            if phrase not in head:
                yield f"{folder}/README.md", 1, f"the first 20 lines do not say '{phrase}'"


def main():
    names = tracked(ROOT)
    problems = [(name, number, sentence) for name in names if name not in IMPORTED
                if is_code(name) or any(ban.applies(name) for ban in bans.BANS)
                for number, sentence in check_file(name, (ROOT / name).read_text())]
    problems += list(check_readmes(ROOT, names))
    for name, number, sentence in problems:
        print(f"{name}:{number}: {sentence}")
    if not problems:
        print(f"{len(names)} files looked at, nothing to say")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
