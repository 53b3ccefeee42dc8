"""Includes run one way: every #include follows an arrow of layers.txt, and CMakeLists.txt names
the same arrows. Prints file:line of each include that does not, and exits 1."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOUSE = ("engine", "models", "scenarios", "bindings", "tools")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')
CALL = re.compile(r"foretwin_(?:module|program|python_module)\(([^)]*)\)")
WORDS = {"USES", "LINKS", "NAME"}


def arrows_of_layers(text):
    arrows = {}
    for line in text.splitlines():
        line = line.split("#")[0].strip()
        if line:
            folder, _, used = line.partition(":")
            arrows[folder.strip()] = used.split()
    return arrows


def arrows_of_cmake(text):
    arrows = {}
    for call in CALL.finditer(re.sub(r"#.*", "", text)):
        folder, *rest = call.group(1).split()
        word, used = None, []
        for item in rest:
            if item in WORDS:
                word = item
            elif word == "USES":
                used.append(item)
        arrows[folder] = used
    return arrows


def reachable(arrows, folder):
    """What `folder` may include: itself, and everything along the arrows."""
    found, open_folders = {folder}, [folder]
    while open_folders:
        for used in arrows.get(open_folders.pop(), []):
            if used not in found:
                found.add(used)
                open_folders.append(used)
    return found


def cycles(arrows):
    return [folder for folder in arrows
            if any(folder in reachable(arrows, used) for used in arrows[folder])]


def wrong_includes(root, arrows):
    """(file, line number, sentence) of every include that follows no arrow."""
    problems = []
    for top in HOUSE:
        for path in sorted((root / top).rglob("*.[ch]pp")):
            folder = str(path.parent.relative_to(root))
            if folder not in arrows:
                problems.append((path, 1, f"{folder} is not in tests/architecture/layers.txt"))
                continue
            allowed = reachable(arrows, folder)
            for number, line in enumerate(path.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                target = str(pathlib.PurePosixPath(match.group(1)).parent)
                if not (root / match.group(1)).is_file():
                    problems.append((path, number, f'no file "{match.group(1)}": '
                                                   "name the path from the top of the tree"))
                elif target not in allowed:
                    problems.append((path, number, f"{folder} may not include {target}"))
    return problems


def disagreements(layers, cmake):
    problems = []
    for folder in sorted(set(layers) | set(cmake)):
        if folder not in layers:
            problems.append(f"{folder} stands in CMakeLists.txt but not in layers.txt")
        elif folder not in cmake:
            problems.append(f"{folder} stands in layers.txt but not in CMakeLists.txt")
        elif sorted(layers[folder]) != sorted(cmake[folder]):
            problems.append(f"{folder}: layers.txt allows {layers[folder]}, "
                            f"CMakeLists.txt uses {cmake[folder]}")
    return problems


def all_problems(root):
    layers = arrows_of_layers((root / "tests/architecture/layers.txt").read_text())
    cmake = arrows_of_cmake((root / "CMakeLists.txt").read_text())
    return (disagreements(layers, cmake)
            + [f"{folder} reaches itself: layers have no cycles" for folder in cycles(layers)]
            + [f"{path.relative_to(root)}:{number}: {sentence}"
               for path, number, sentence in wrong_includes(root, layers)])


def main():
    problems = all_problems(ROOT)
    print("\n".join(problems) if problems else "every include follows an arrow")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
