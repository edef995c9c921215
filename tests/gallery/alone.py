"""The few settings that the gallery needs when it runs outside of pytest; import it first."""

from pathlib import Path

import django
from django.conf import settings

LOCALE = Path(__file__).parents[2] / "src/counterfoil/locale"

if not settings.configured:
    settings.configure(USE_I18N=True, USE_TZ=True, TIME_ZONE="Europe/Paris", LOCALE_PATHS=[LOCALE])
    django.setup()
