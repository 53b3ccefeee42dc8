"""Brings what pybind11-stubgen writes into the form of this tree: the types that mypy wants to have
told, no line beyond 100 columns.

    tidy_stubs.py FILE      prints the result
"""

import ast
import re
import sys
import types

HEAD = '''# The types of the extension module; written by tests/bindings/python/stubs.sh --write.
'''
# What the generator cannot know from the C++ signature.
BETTER = (
    (r" +@staticmethod\n( +def \w+\()\*args, \*\*kwargs\)",
     r"\1self, *args: typing.Any, **kwargs: typing.Any) -> typing.Any"),
    (r"(def __delattr__\(self, name)\)", r"\1: str, /) -> None"),
    (r"(def __setattr__\(self, name), value\)", r"\1: str, value: typing.Any, /) -> None"),
    (r"\bos\.PathLike\b(?!\[)", "os.PathLike[str]"),
    (r"\bnumpy\.ndarray\b(?!\[)", "numpy.typing.NDArray[numpy.float64]"),
    (r"-> dict\b(?!\[)", "-> dict[str, typing.Any]"),
    (r": dict\b(?!\[)", ": dict[str, typing.Any]"),
    (r"\blist\b(?!\[)(?=[,)\s:]|$)", "list[typing.Any]"),
    (r"\btuple\b(?!\[)(?=[,)\s:]|$)", "tuple[typing.Any, ...]"),
    (r"-> object\b", "-> typing.Any"),
    (r"\btyping\.SupportsInt \| typing\.SupportsIndex\b", "typing.SupportsInt"),
)


def wrapped(line):
    """A signature too long for a line, one argument below the other."""
    if len(line) <= 100 or not line.lstrip().startswith("def "):
        return line
    indent = line[:len(line) - len(line.lstrip())]
    function = ast.parse(line.strip().rstrip(".").rstrip() + (" ..." if line.rstrip().endswith(
        "...") else "")).body[0]
    text = ast.unparse(function.args)
    pieces, depth, start = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "[(") - (sign in "])")
        if sign == "," and depth == 0:
            pieces.append(text[start:place].strip())
            start = place + 1
    pieces.append(text[start:].strip())
    body = "".join(f"{indent}    {piece},\n" for piece in pieces if piece)
    result = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    return f"{indent}def {function.name}(\n{body}{indent}){result}: ..."


def completed(node, engine):
    """A class with what the generator does not see: its metaclass, and attributes made in C."""
    made = getattr(engine, node.name)
    if type(made) is not type:
        node.keywords.append(ast.keyword("metaclass", ast.Name("_Pybind11Type")))
    known = {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
    for name, value in sorted(vars(made).items()):
        if isinstance(value, types.GetSetDescriptorType) and name not in known \
                and not name.startswith("__"):
            node.body += ast.parse(f"@property\ndef {name}(self) -> typing.Any: ...").body


def main():
    from foretwin import _engine

    tree = ast.parse(open(sys.argv[1], encoding="utf-8").read())
    for node in ast.walk(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.Module)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) \
                    and isinstance(first.value.value, str):
                node.body = node.body[1:] or [ast.Expr(ast.Constant(...))]
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            completed(node, _engine)
    text = ast.unparse(tree)
    text = re.sub(r":\n\s+\.\.\.$", ": ...", text, flags=re.MULTILINE)
    for pattern, better in BETTER:
        text = re.sub(pattern, better, text, flags=re.MULTILINE)
    lines = [line for line in text.splitlines() if not line.startswith("__all__")]
    if "numpy.typing" in text:
        lines = ["import numpy.typing" if line == "import numpy" else line for line in lines]
    first = next(place for place, line in enumerate(lines) if line.startswith("class "))
    lines[first:first] = ["class _Pybind11Type(type): ...", ""]
    sys.stdout.write(HEAD + "\n".join(wrapped(line) for line in lines) + "\n")


if __name__ == "__main__":
    main()
