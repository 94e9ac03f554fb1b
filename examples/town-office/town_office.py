#!/usr/bin/env python3
"""The town office of Iida as a client of the network: `python3 town_office.py --help`."""

import sys

from office.cli import main

sys.exit(main())
