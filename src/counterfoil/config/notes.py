"""Notes after a form ("The draft was saved."), kept by the browser until a page shows them."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class NotesCookie(CookieStorage):
    """Django's cookie under the name that browsers take by https from this host alone."""

    cookie_name = settings.NOTES_COOKIE_NAME


class Notes(FallbackStorage):
    """In the cookie, which writes no row; what is too long for it lies in the session."""

    storage_classes = (NotesCookie, SessionStorage)
