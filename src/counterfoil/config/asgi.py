"""The application that `serve` runs: the pages behind their doorway."""

from counterfoil.config.doorway import Doorway
from counterfoil.config.wsgi import application as pages

application = Doorway(pages)
