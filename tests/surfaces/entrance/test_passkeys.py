"""Passkeys that lie: of another address, said again, of another person, bent or unreadable.

The authenticator is a key of ours, so it says what a browser would never let a device say.
"""

import hashlib
import json
import re
import struct
from dataclasses import dataclass, field
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from surfaces.entrance.conftest import HOST, PASSWORD

HERE = f"https://{HOST}"
CHALLENGE = re.compile(r'"challenge": "([^"]+)"')
PRESENT, VERIFIED, ATTESTED = 1, 4, 64
ODD = [
    "", "{", "5", '"text"', "[]", "{}", "null", '{"id":"x"}', '{"id":1,"rawId":2,"response":3}',
    '{"id":"x","rawId":"x","type":"public-key","response":{}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA",'
    '"attestationObject":"AA","authenticatorData":"AA","signature":"AA","userHandle":"AA"}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"%%%",'
    '"attestationObject":"oA","authenticatorData":null,"signature":[],"userHandle":7}}',
    "[" * 5000,
]  # fmt: skip


@dataclass
class Key:
    """A key in software: ES256, one credential."""

    secret: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    name: bytes = b"a credential of tests"
    count: int = 0

    def made(self, challenge: str, origin: str = HERE) -> dict[str, Any]:
        """What a browser says of a new credential."""
        public = ES256.from_cryptography_key(self.secret.public_key())
        kept = AttestedCredentialData.create(b"\0" * 16, self.name, public)
        told = self._data(PRESENT | VERIFIED | ATTESTED, bytes(kept))
        whole = AttestationObject.create("none", AuthenticatorData(told), {})
        said = _client("webauthn.create", challenge, origin)
        response = {"clientDataJSON": said, "attestationObject": bytes(whole)}
        return self._answer(response, {"credProps": {"rk": True}})

    def signed(
        self, challenge: str, user: Any, origin: str = HERE, flags: int = PRESENT | VERIFIED
    ) -> dict[str, Any]:
        """What a browser says of somebody who used it."""
        from allauth.account.utils import user_pk_to_url_str

        self.count += 1
        told, said = self._data(flags), _client("webauthn.get", challenge, origin)
        signature = self.secret.sign(told + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        handle = user_pk_to_url_str(user).encode()
        return self._answer({
            "clientDataJSON": said, "authenticatorData": told, "signature": signature,
            "userHandle": handle,
        })  # fmt: skip

    def _data(self, flags: int, more: bytes = b"") -> bytes:
        return hashlib.sha256(HOST.encode()).digest() + struct.pack(">BI", flags, self.count) + more

    def _answer(self, response: dict[str, bytes], told: Any = None) -> dict[str, Any]:
        name = websafe_encode(self.name)
        return {
            "id": name, "rawId": name, "type": "public-key", "clientExtensionResults": told or {},
            "response": {part: websafe_encode(value) for part, value in response.items()},
        }  # fmt: skip


def _client(kind: str, challenge: str, origin: str) -> bytes:
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()


def _asked(at: Any) -> str:
    """The challenge of the sign-in page."""
    answer = at.get("sign-in/passkey/", headers={"x-requested-with": "XMLHttpRequest"})
    return str(answer.json()["request_options"]["publicKey"]["challenge"])


def _use(at: Any, said: Any) -> bool:
    at.post("sign-in/passkey/", {"credential": said if isinstance(said, str) else json.dumps(said)})
    return bool(at.is_inside)


def _challenge(at: Any, path: str) -> str:
    """That of a page that asks the browser."""
    found = CHALLENGE.search(at.get(path).content.decode())
    assert found is not None
    return found[1]


def _adding(at: Any) -> str:
    return _challenge(at, "security/passkeys/add/")


def _add(at: Any, said: Any) -> Any:
    return at.post("security/passkeys/add/", {"credential": json.dumps(said), "passwordless": "on"})


@pytest.fixture
def key(door: Any, email: str, user: Any) -> Key:
    """Somebody's passkey, added by the page."""
    at, made = door(), Key()
    at.sign_in(email)
    assert _add(at, made.made(_adding(at))).status_code == 302
    assert Authenticator.objects.filter(user=user, type="webauthn").count() == 1
    return made


def test_it_signs_in_alone(door: Any, user: Any, key: Key) -> None:
    at = door()
    assert _use(at, key.signed(_asked(at), user))


def test_signed_for_another_address(door: Any, user: Any, key: Key) -> None:
    for origin in ("https://evil.example", f"https://pay.{HOST}", f"http://{HOST}", f"{HERE}:8443"):
        at = door()
        assert not _use(at, key.signed(_asked(at), user, origin=origin)), origin


def test_said_again(door: Any, user: Any, key: Key) -> None:
    at, thief = door(), door()
    said = key.signed(_asked(at), user)
    assert _use(at, said)
    _asked(thief)
    assert not _use(thief, said)


def test_without_its_person(door: Any, user: Any, key: Key) -> None:
    at = door()
    assert not _use(at, key.signed(_asked(at), user, flags=PRESENT))


def test_a_copy_whose_counter_lags_behind(door: Any, user: Any, key: Key) -> None:
    for _ in range(2):
        at = door()
        assert _use(at, key.signed(_asked(at), user))
    key.count, copied = 0, door()
    assert not _use(copied, key.signed(_asked(copied), user))


def test_of_another_person(door: Any, user: Any, key: Key) -> None:
    """A good passkey that names somebody else, and somebody else's after the right password."""
    from counterfoil.domain.identity import operations as identity

    identity.make_user("bob@example.com", name="Bob", password=PASSWORD)
    bob = type(user).objects.get(email="bob@example.com")
    Authenticator.objects.create(user=bob, type="webauthn", data={
        "name": "Bob's", "credential": Key(name=b"the credential of Bob").made("AA"),
    })  # fmt: skip
    at = door()
    assert not _use(at, key.signed(_asked(at), bob))
    bobs = Key(name=b"the credential of Bob")
    second = door()
    second.sign_in(user.email)
    challenge = _challenge(second, "sign-in/second/")
    second.post("sign-in/second/", {"credential": json.dumps(bobs.signed(challenge, user))})
    assert not second.is_inside


def test_made_for_another_address_it_is_not_added(door: Any, email: str, user: Any) -> None:
    at = door()
    at.sign_in(email)
    for origin in ("https://evil.example", f"https://pay.{HOST}"):
        assert _add(at, Key().made(_adding(at), origin=origin)).status_code == 200
    assert not Authenticator.objects.filter(user=user).exists()


@pytest.mark.parametrize("said", ODD, ids=range(len(ODD)))
def test_what_can_not_be_read_is_refused(door: Any, email: str, user: Any, said: str) -> None:
    at = door()
    _asked(at)
    assert not _use(at, said)
    at.sign_in(email)
    _adding(at)
    answer = at.post("security/passkeys/add/", {"credential": said, "passwordless": "on"})
    assert answer.status_code == 200
    assert not Authenticator.objects.filter(user=user).exists()
