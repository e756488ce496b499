"""The demo: an embedded engine, a pool of users and tables of data, from one command."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - says so, instead of a SyntaxError further on
    sys.exit(f"Dynadmin needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
