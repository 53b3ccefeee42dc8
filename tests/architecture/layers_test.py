"""The tree follows its arrows; and a wrong include is named with file and line, a cycle found."""

import pathlib
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parents[1])]
import layers  # noqa: E402
import plain  # noqa: E402

ARROWS = layers.arrows_of_layers("engine/core:\nengine/kernel: engine/core\n"
                                 "models/contract: engine/kernel\nmodels/flow: models/contract\n")


def problems_of(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return [(str(path.relative_to(root)), line, sentence)
                for path, line, sentence in layers.wrong_includes(root, ARROWS)]


class Tree(unittest.TestCase):
    def test_the_tree_as_it_stands_follows_its_arrows(self):
        self.assertEqual(layers.all_problems(layers.ROOT), [])


class Arrows(unittest.TestCase):
    def test_an_include_along_the_arrows_is_allowed_however_far(self):
        self.assertEqual(problems_of({"models/flow/a.cpp": '#include "engine/core/b.hpp"\n',
                                      "engine/core/b.hpp": ""}), [])

    def test_an_include_against_the_arrows_is_named_with_its_line(self):
        found = problems_of({"engine/kernel/oops.hpp": '\n#include "models/flow/a.hpp"\n',
                             "models/flow/a.hpp": ""})
        self.assertEqual(found, [("engine/kernel/oops.hpp", 2,
                                  "engine/kernel may not include models/flow")])

    def test_an_include_that_is_no_path_from_the_top_is_named(self):
        found = problems_of({"engine/core/a.cpp": '#include "b.hpp"\n', "engine/core/b.hpp": ""})
        self.assertEqual([line for _, line, _ in found], [1])

    def test_a_folder_that_nobody_declared_is_named(self):
        self.assertIn("engine/odd is not in", problems_of({"engine/odd/a.hpp": ""})[0][2])

    def test_a_cycle_is_found(self):
        self.assertEqual(layers.cycles({"a": ["b"], "b": ["c"], "c": ["b"]}), ["b", "c"])

    def test_lists_that_differ_are_told(self):
        cmake = layers.arrows_of_cmake("foretwin_module(engine/core)\n"
                                       "foretwin_module(engine/kernel USES engine/core x LINKS y)")
        found = layers.disagreements({"engine/core": [], "engine/kernel": ["engine/core"]}, cmake)
        self.assertEqual(len(found), 1)
        self.assertIn("engine/kernel", found[0])

    def test_programs_and_the_python_module_stand_in_the_lists_as_modules_do(self):
        cmake = layers.arrows_of_cmake("foretwin_program(tools/foretwin NAME foretwin USES a)\n"
                                       "foretwin_python_module(bindings/p NAME _p USES a b)")
        self.assertEqual(cmake, {"tools/foretwin": ["a"], "bindings/p": ["a", "b"]})


if __name__ == "__main__":
    plain.main()
