#!/usr/bin/env python3
"""The town office of Iida as a client of the network: `python3 town_office.py --help`."""

import sys

try:
    from office.cli import main
except ModuleNotFoundError as missing:
    sys.exit(f"Python に {missing.name} がありません。pip install -r requirements.txt で導入してください / "
             f"Python has no {missing.name}: pip install -r requirements.txt")

sys.exit(main())
