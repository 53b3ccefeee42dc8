"""The Python package beside the engine, the command line and SimPy 4, as an installed wheel."""

from harness import BUILD, HERE, ROOT, SECONDS, Figure, numbers, run, scenario


def figures(rounds):
    run(ROOT / "tests/bindings/python/install.sh")
    told = numbers(run(ROOT / "build/python_venv/bin/python", HERE / "python/measure.py", rounds,
                       BUILD / "foretwin", scenario("m2_transfer_line")))
    calls = {"a value of a scenario by its path": told["path"],
             "a figure with its interval": told["figure"],
             "the array of all futures": told["futures"],
             "the fingerprint": told["fingerprint"]}
    result = [Figure(f"{what}: microseconds", value, 2, tolerance=SECONDS)
              for what, value in calls.items()]
    return result + [
        Figure("import foretwin: milliseconds beyond NumPy's", told["import"], 150,
               tolerance=SECONDS),
        Figure("transfer line from Python: CPU time over the command line",
               told["line_alone"] / told["line_command"], 1.02),
        Figure("the same with the interpreter's start: CPU seconds more",
               told["line_python"] - told["line_command"], tolerance=SECONDS),
        Figure("machine shop: times faster than SimPy 4, one thread",
               told["shop_simpy"] / told["shop_foretwin"], more_is_better=True),
        Figure("Ctrl-C until the study answers, longest: milliseconds", told["stop"], 100,
               tolerance=SECONDS)]
