"""What may not stand in which files, and what to write instead. Data for lint.py.

A line may opt out with a comment that says why:   // lint: allow clock, because ...
"""

import dataclasses
import re


@dataclasses.dataclass(frozen=True)
class Ban:
    name: str
    pattern: str  # searched in code without comments and strings
    instead: str
    where: tuple  # path prefixes
    except_in: tuple = ()  # path prefixes
    suffixes: tuple = (".cpp", ".hpp")

    def applies(self, path):
        return (path.endswith(self.suffixes) and path.startswith(self.where)
                and not path.startswith(self.except_in or ("\0",)))

    def finds(self, line):
        return re.search(self.pattern, line)


PRODUCT = ("engine/", "models/", "scenarios/", "bindings/", "tools/")
LIBRARIES = ("engine/", "models/", "scenarios/")
# Whatever runs between two events, or draws a sample, must give the same bits everywhere.
EVENT_LOOP = ("engine/core/", "engine/random/", "engine/kernel/", "engine/snapshot/",
              "engine/executors/", "models/")

BANS = (
    Ban("libm",
        r"std::(exp|exp2|expm1|log|log2|log10|log1p|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|"
        r"cosh|tanh|cbrt|hypot|erf|erfc|lgamma|tgamma)[fl]?\s*\(",
        "the portable functions of engine/core/math; libm differs between processors",
        EVENT_LOOP, except_in=("models/economics/",)),
    Ban("distribution",
        r"std::\w+_distribution\b|std::(mt19937\w*|minstd_rand0?|default_random_engine|"
        r"random_device)\b|\bs?rand\s*\(",
        "a named stream and a distribution of engine/random", PRODUCT),
    Ban("clock",
        r"(system|steady|high_resolution|utc)_clock\b|\btime\s*\(\s*(nullptr|NULL|0|&)|"
        r"\b(gettimeofday|clock_gettime|localtime(_r)?|gmtime(_r)?)\s*\(",
        "simulated Time from the kernel; the time of day enters at the edge (tools)",
        ("engine/", "models/"), except_in=("engine/telemetry/", "engine/live/",
                                         "engine/executors/real_time", "engine/executors/pace")),
    Ban("printing",
        r"std::(cout|cerr|clog)\b|(?<![\w:])(printf|fprintf|puts|fputs|putchar)\s*\(|"
        r"std::(printf|fprintf|puts|fputs)\s*\(",
        "returned text or a std::ostream& parameter; only tools print", LIBRARIES),
    Ban("hash",
        r"std::(hash|unordered_\w+)\b",
        "name_hash, a sorted vector or std::map; hash order differs between libraries",
        EVENT_LOOP),
    Ban("assert",
        r"(?<![\w:])assert\s*\(|#\s*include\s*<cassert>",
        'FORETWIN_RULE(condition, "sentence"), which is on in release too', PRODUCT),
    Ban("using namespace",
        r"^using\s+namespace\b",
        "the full name, or a using-declaration inside a function",
        PRODUCT + ("tests/",), suffixes=(".hpp",)),
    Ban("float environment",
        r"\b(fesetround|fesetenv|_MM_SET_FLUSH_ZERO_MODE|_MM_SET_DENORMALS_ZERO_MODE)\b",
        "the default floating-point environment, which every worker sets once",
        PRODUCT, except_in=("engine/core/math", "scenarios/experiments/", "scenarios/present/",
                                  "engine/executors/groups.cpp",
                                  "engine/executors/optimistic.cpp")),
    Ban("fast math",
        r"(?<!-fno)-ffast-math|-march=native|-ffp-contract=(on|fast)|-Ofast|"
        r"-funsafe-math-optimizations|-fassociative-math",
        "the flags of tools/build/foretwin.cmake: same answer on every processor",
        ("CMakeLists.txt", "CMakePresets.json", "tools/build/", "benchmarks/", "engine/",
         "models/", "scenarios/"),
        suffixes=(".cpp", ".hpp", ".cmake", ".json", ".txt", ".sh")),
    Ban("unfinished", r"\b(TODO|FIXME|XXX)\b", "a finished thing, or an issue",
        PRODUCT + ("tests/", "benchmarks/"), except_in=("tools/checks/", "tests/tools/checks"),
        suffixes=(".cpp", ".hpp", ".py", ".sh", ".cmake")),
)
