"""What the routes find in the application."""

from __future__ import annotations

from aiohttp import web

from emulator.replicate.engine import Engine
from emulator.replicate.limits import Bucket
from emulator.replicate.prices import Prices
from emulator.replicate.settings import Options
from emulator.replicate.shelves import Shelves

ENGINE = web.AppKey("ENGINE", Engine)
SHELVES = web.AppKey("SHELVES", Shelves)
OPTIONS = web.AppKey("OPTIONS", Options)
CREATES = web.AppKey("CREATES", Bucket)
PRICES = web.AppKey("PRICES", Prices)
READS = web.AppKey("READS", Bucket)
