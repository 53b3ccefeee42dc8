"""`python -m foretwin_gateway CONFIG.yaml`: exit code 0 stopped in order, 2 wrong input, 3 the
surroundings failed, 4 our own fault."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import pathlib
import sys
import traceback


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="foretwin_gateway", description=(
        "Brings OPC UA, Modbus and CoAP to MQTT, as a Sparkplug B edge node or as plain JSON."))
    parser.add_argument("configuration", type=pathlib.Path, help="a YAML file; see README.md")
    parser.add_argument("--check", action="store_true",
                        help="read the configuration, tell what would be done, and connect nowhere")
    parser.add_argument("--quiet", action="store_true", help="tell warnings only")
    return parser.parse_args()


def summary(settings) -> str:
    """What would be done, as JSON on one line per source."""
    lines = [json.dumps({"source": source.name,
                         "protocol": type(source.protocol).__name__.lower(),
                         "devices": source.devices, "items": len(source.items)})
             for source in settings.sources]
    return "\n".join(lines)


def start(options: argparse.Namespace) -> int:
    try:
        from . import configuration, gateway
        from .problems import EnvironmentFailure, InputError
    except ModuleNotFoundError as error:
        print(f"foretwin_gateway: the Python package '{error.name}' is not installed\n"
              "  run tools/gateway/install.sh, then build/gateway_venv/bin/python -m "
              "foretwin_gateway", file=sys.stderr)
        return 3
    try:
        settings = configuration.read_file(options.configuration)
        if options.check:
            print(summary(settings))
            return 0
        asyncio.run(gateway.run(settings))
        return 0
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except (EnvironmentFailure, MemoryError) as error:
        print(f"foretwin_gateway: {error or 'out of memory'}", file=sys.stderr)
        return 3
    except Exception:
        traceback.print_exc()
        print("foretwin_gateway: this is our own fault; please report it", file=sys.stderr)
        return 4


def main() -> int:
    options = arguments()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING,
                        format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("gateway").setLevel(logging.WARNING if options.quiet else logging.INFO)
    for noisy in ("asyncua", "pymodbus", "coap", "coap-server"):  # they repeat what we tell
        logging.getLogger(noisy).setLevel(logging.CRITICAL)
    return start(options)


if __name__ == "__main__":
    sys.exit(main())
