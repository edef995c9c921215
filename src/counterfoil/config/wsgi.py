"""The pages, as WSGI calls them."""

import gc
import os

from django.core.wsgi import get_wsgi_application

COLLECT_AFTER = (
    20_000  # objects made and kept: some pages' worth, where Python's own is half a page
)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counterfoil.config.settings")
application = get_wsgi_application()

gc.freeze()  # what is loaded now stays: nobody looks through it for garbage again
gc.set_threshold(COLLECT_AFTER, 10, 10)
