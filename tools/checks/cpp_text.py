"""C++ seen as text, as far as lint needs it: no comments, no strings, where functions begin."""

import dataclasses
import re

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<delimiter>[^(\s"]{0,16})\(.*?\)(?P=delimiter)"'
    r"""|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""", re.DOTALL)


def without_comments_and_strings(text):
    """The same lines, with comments blank and strings empty."""

    def blank(match):
        token = match.group(0)
        breaks = "\n" * token.count("\n")
        return breaks if token.startswith(("//", "/*")) else '""' + breaks

    return TOKEN.sub(blank, text)


@dataclasses.dataclass(frozen=True)
class Function:
    first_line: int
    lines: int


def kind_of_brace(head, outside_functions):
    """What an opening brace begins, judged by the text since the last statement."""
    head = head.strip()
    if re.search(r"\bnamespace\b[\w:\s]*$", head) or head.endswith('extern ""'):
        return "namespace"
    if re.search(r"\b(struct|class|union|enum)\b[^()]*$", head):
        return "type"
    if not outside_functions or "(" not in head or head.endswith(("=", ",", "(")):
        return "other"
    # a member initialiser `name{...}` follows `) : `; the body of the constructor comes later
    if re.search(r"\)[^:]*(?<!:):(?!:)", head) and re.search(r"[\w>]$", head):
        return "initialiser"
    return "function"


def functions(code):
    """Functions at namespace or class level, from the line of their name to the closing brace."""
    found, open_braces, head, line, head_line = [], [], "", 1, 1
    for character in re.sub(r"^\s*#[^\n]*", "", code, flags=re.MULTILINE):
        if character == "{":
            outside = all(kind in ("namespace", "type") for kind, _, _ in open_braces)
            kind = kind_of_brace(head, outside)
            open_braces.append((kind, head_line, head))
            if kind != "initialiser":
                head = ""
        elif character == "}" and open_braces:
            kind, first, head_before = open_braces.pop()
            if kind == "function":
                found.append(Function(first, line - first + 1))
            head = head_before + "{}" if kind == "initialiser" else ""
        elif character == ";":
            head = ""
        else:
            if not head.strip() and not character.isspace():
                head_line = line
            head += character
        line += character == "\n"
    return found
