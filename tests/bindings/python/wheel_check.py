"""Looks through a wheel in the manner of auditwheel: what is in it, what it links, from where.

    wheel_check.py WHEEL      prints what is wrong and exits 1, or says what it found
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
# What the Debian packages of tools/build/shell.sh bring, beside the system's own libraries.
SYSTEM = ("linux-vdso", "libc.so", "libm.so", "libstdc++", "libgcc_s", "ld-linux", "libpthread",
          "libdl", "librt")
PACKAGES = ("libtbb", "libyaml-cpp", "libhdf5", "libz.so", "libdate-tz", "libnlopt", "libpugixml",
            "libmosquitto", "libprotobuf-lite", "librdkafka")


def version():
    text = (ROOT / "CMakeLists.txt").read_text()
    return re.search(r"project\(foretwin VERSION ([0-9.]+)", text).group(1)


def problems_of_names(names, told):
    package = ROOT / "bindings/python/foretwin"
    expected = {f"foretwin/{path.relative_to(package)}" for path in package.rglob("*")
                if path.suffix in (".py", ".pyi") or path.name == "py.typed"}
    engines = [name for name in names if re.fullmatch(r"foretwin/_engine\.[\w.-]+\.so", name)]
    info = f"foretwin-{told}.dist-info/"
    needed = expected | {info + "METADATA", info + "RECORD", info + "licenses/LICENSE",
                         info + "licenses/NOTICE"}
    found = [f"{name} is missing" for name in sorted(needed - set(names))]
    found += [f"{name} does not belong into it" for name in names
              if name not in needed and name not in engines and not name.startswith(info)]
    if len(engines) != 1:
        found.append(f"one extension module is expected, there are {engines}")
    return found, engines


def problems_of_engine(file):
    dynamic = subprocess.run(["readelf", "-dW", file], capture_output=True, text=True,
                             check=True).stdout
    found = [f"it looks for libraries in {line.split('[')[1].rstrip(']')}"
             for line in dynamic.splitlines() if "(RPATH)" in line or "(RUNPATH)" in line]
    needed = re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic)
    found += [f"it needs {name}, which no package of tools/build/shell.sh gives"
              for name in needed if not name.startswith(SYSTEM + PACKAGES)]
    if any(name.startswith("libpython") for name in needed):
        found.append("it links a Python library of its own")
    if str(ROOT / "build").encode() in pathlib.Path(file).read_bytes():
        found.append(f"it names the folder {ROOT / 'build'}")
    symbols = subprocess.run(["nm", "-D", "--defined-only", file], capture_output=True, text=True,
                             check=True).stdout
    shown = [line.split()[-1] for line in symbols.splitlines()]
    if not [name for name in shown if name == "PyInit__engine"]:
        found.append("it has no PyInit__engine")
    found += [f"it shows {name}" for name in shown if "foretwin" in name][:5]
    return found, needed


def main():
    with zipfile.ZipFile(sys.argv[1]) as wheel, tempfile.TemporaryDirectory() as folder:
        names = [name for name in wheel.namelist() if not name.endswith("/")]
        told = version()
        problems, engines = problems_of_names(names, told)
        if f"foretwin-{told}-cp" not in sys.argv[1]:
            problems.append(f"{sys.argv[1]} is not of version {told}")
        needed = []
        for name in engines:
            found, needed = problems_of_engine(wheel.extract(name, folder))
            problems += found
    print("\n".join(problems) if problems else f"{len(names)} files; links {', '.join(needed)}")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
