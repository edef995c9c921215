"""Our hidden field is one that Django's own check takes back."""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CsrfViewMiddleware, get_token
from django.test import RequestFactory

from counterfoil.infra.http.form_proof import FormProof, masked

SECRET = "aZ09" * 8


def refusal(token: str, *, cookie: str = SECRET) -> HttpResponse | None:
    """What the check says to a form with this token."""
    request = RequestFactory().post("/", {"csrfmiddlewaretoken": token})
    request.COOKIES["csrf"] = cookie
    request._dont_enforce_csrf_checks = False  # type: ignore[attr-defined]
    check = CsrfViewMiddleware(lambda _: HttpResponse())
    check.process_request(request)
    answer = check.process_view(request, lambda _: HttpResponse(), (), {})
    return answer if isinstance(answer, HttpResponse) else None


def test_the_check_takes_it_and_no_other() -> None:
    for _ in range(200):
        assert refusal(masked(SECRET)) is None
    token = masked(SECRET)
    assert refusal(token, cookie="b" * 32) is not None
    other = "a" if token[40] != "a" else "b"
    assert refusal(token[:40] + other + token[41:]) is not None


def test_no_two_pages_have_the_same_and_no_letter_comes_more_often() -> None:
    tokens = [masked(SECRET) for _ in range(4_000)]
    assert len(set(tokens)) == len(tokens)
    for half in (slice(0, 32), slice(32, 64)):
        counts = Counter("".join(token[half] for token in tokens))
        assert set(counts) == set(CSRF_ALLOWED_CHARS)
        # A bare `% 62` would have some letters a quarter more often: 1.34.
        assert max(counts.values()) / min(counts.values()) < 1.22


def test_a_page_says_one_and_asks_for_the_cookie() -> None:
    request = HttpRequest()
    proof = FormProof(request)
    first = proof.__html__()
    assert "CSRF_COOKIE" in request.META
    assert proof.__html__() == first
    later = HttpRequest()
    later.META["CSRF_COOKIE"] = SECRET
    assert 'name="csrfmiddlewaretoken" value="' in FormProof(later).__html__()
    assert later.META["CSRF_COOKIE_NEEDS_UPDATE"] is True
    assert len(get_token(later)) == len(masked(SECRET))


def test_the_cookie_is_not_sent_again_to_who_was_just_here() -> None:
    request = HttpRequest()
    request.META["CSRF_COOKIE"] = SECRET
    assert "csrfmiddlewaretoken" in FormProof(request, was_just_here=True).__html__()
    assert "CSRF_COOKIE_NEEDS_UPDATE" not in request.META
    stranger = HttpRequest()
    FormProof(stranger, was_just_here=True).__html__()
    assert stranger.META["CSRF_COOKIE_NEEDS_UPDATE"] is True
