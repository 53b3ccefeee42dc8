"""Every ban of tools/checks finds what it is for, and leaves its replacement alone."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tools/checks"), str(ROOT / "tests")]
import bans  # noqa: E402
import cpp_text  # noqa: E402
import lint  # noqa: E402
import plain  # noqa: E402

# ban: (file, a line it must find, a line it must leave alone)
SAMPLES = {
    "libm": ("models/flow/a.cpp", "y = std::exp(x);", "y = exponential(x); // std::exp(x)"),
    "distribution": ("scenarios/a.cpp", "std::normal_distribution<> n;", "Exponential n;"),
    "clock": ("engine/kernel/a.cpp", "std::chrono::steady_clock::now()", "simulation.now()"),
    "printing": ("scenarios/a.cpp", 'std::cout << 1;', 'std::snprintf(a, 9, "b");'),
    "hash": ("engine/kernel/a.hpp", "std::unordered_map<int, int> m;", "std::map<int, int> m;"),
    "assert": ("models/flow/a.cpp", "assert(x > 0);", 'static_assert(1); FORETWIN_RULE(a, "b")'),
    "using namespace": ("engine/core/a.hpp", "using namespace std;", "using std::swap;"),
    "float environment": ("engine/core/a.cpp", "fesetround(FE_UPWARD);", "set_default();"),
    "fast math": ("tools/build/a.cmake", "add_compile_options(-ffast-math)", "-fno-fast-math"),
    "unfinished": ("engine/core/a.cpp", "// TODO: later", "// todos los dias"),
}


def problems(name, line):
    header = "#pragma once\n" if name.endswith(".hpp") else ""
    return [sentence for _, sentence in lint.check_file(name, header + line + "\n")]


class Bans(unittest.TestCase):
    def test_every_ban_has_a_sample(self):
        self.assertEqual(set(SAMPLES), {ban.name for ban in bans.BANS})

    def test_each_finds_the_bad_line_and_names_the_replacement(self):
        for ban in bans.BANS:
            name, bad, _ = SAMPLES[ban.name]
            found = problems(name, bad)
            self.assertEqual(len(found), 1, ban.name)
            self.assertIn(ban.instead, found[0])

    def test_each_leaves_the_good_line_alone(self):
        for ban in bans.BANS:
            name, _, good = SAMPLES[ban.name]
            self.assertEqual(problems(name, good), [], ban.name)

    def test_a_source_includes_its_own_header_first(self):
        first, other = '#include "engine/core/error.hpp"', "#include <string>"
        self.assertEqual(problems("engine/core/error.cpp", f"{first}\n{other}"), [])
        self.assertEqual(len(problems("engine/core/error.cpp", f"{other}\n{first}")), 1)
        self.assertEqual(problems("engine/core/without_header.cpp", other), [])

    def test_words_in_comments_and_strings_are_no_code(self):
        for line in ('/* std::cout */ call("std::cout <<");', "// assert(x)"):
            self.assertEqual(problems("engine/core/a.cpp", line), [])

    def test_a_line_opts_out_with_a_reason_only(self):
        bad = "std::unordered_map<int, int> m;"
        name = "engine/kernel/a.cpp"
        self.assertEqual(problems(name, bad + "  // lint: allow hash, because only looked up"), [])
        self.assertEqual(len(problems(name, bad + "  // lint: allow hash")), 1)
        self.assertEqual(len(problems(name, bad + "  // lint: allow clock, because x")), 1)


class Sizes(unittest.TestCase):
    def test_columns(self):
        self.assertEqual(problems("engine/core/a.cpp", "x" * 100), [])
        self.assertEqual(len(problems("engine/core/a.cpp", "x" * 101)), 1)

    def test_file_length(self):
        self.assertEqual(problems("engine/core/a.cpp", "int a;\n" * 499 + "int b;"), [])
        self.assertEqual(len(problems("engine/core/a.cpp", "int a;\n" * 500 + "int b;")), 1)

    def test_function_length(self):
        body = "void f() {\n" + "g();\n" * {"good": 68, "bad": 69}["good"] + "}"
        self.assertEqual(problems("engine/core/a.cpp", body), [])
        self.assertEqual(len(problems("engine/core/a.cpp", body.replace("{\n", "{\ng();\n"))), 1)

    def test_headers_start_with_pragma_once(self):
        self.assertEqual(len(list(lint.check_file("engine/core/a.hpp", "int a;\n"))), 1)


class Functions(unittest.TestCase):
    def lengths(self, code):
        return [function.lines for function in
                cpp_text.functions(cpp_text.without_comments_and_strings(code))]

    def test_constructor_with_member_initialisers(self):
        code = "struct A {\n  A(int b) : b_{b},\n  c_{1} {\n  run();\n }\n};"
        self.assertEqual(self.lengths(code), [4])

    def test_lambda_belongs_to_its_function(self):
        self.assertEqual(self.lengths("int f() {\n auto g = [](int x) {\n return x;\n };\n}"), [5])

    def test_braces_of_data_and_types_are_no_functions(self):
        code = "namespace a::b {\nint x[] = {1, 2};\nenum class C { d };\n}"
        self.assertEqual(self.lengths(code), [])

    def test_braces_in_strings_do_not_count(self):
        self.assertEqual(self.lengths('void f() {\n call("{{{", \'{\', R"({)");\n}\nint g() {\n}'),
                         [3, 2])


if __name__ == "__main__":
    plain.main()
