"""The few settings that the gallery needs when it runs outside of pytest; import it first."""

import django
from django.conf import settings

if not settings.configured:
    settings.configure(USE_I18N=True, USE_TZ=True, TIME_ZONE="Europe/Paris")
    django.setup()
