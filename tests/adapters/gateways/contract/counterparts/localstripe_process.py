"""localstripe in a process of its own, on loopback alone (its own command listens everywhere) and
with its state in memory alone (its own keeps it under a fixed name for the whole machine)."""

import sys

from aiohttp import web
from localstripe.resources import Store
from localstripe.server import app

if __name__ == "__main__":
    Store.dump_to_disk = lambda _store: None
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
