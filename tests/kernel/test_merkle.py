"""Merkle trees: the vectors of certificate transparency, to the byte."""

import hashlib

import pytest

from counterfoil.kernel.merkle import audit_path, root, root_by

LEAVES = [
    hashlib.sha256(b"\x00" + bytes.fromhex(one)).digest()
    for one in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


@pytest.mark.parametrize("count", range(1, 9))
def test_roots_are_those_that_the_logs_of_certificates_have(count):
    assert root(LEAVES[:count]).hex() == ROOTS[count - 1]


def test_no_leaves_have_the_hash_of_nothing():
    assert root([]) == hashlib.sha256(b"").digest()


PATHS = {  # place (from nought), of how many: the paths of the logs' own tests
    (0, 1): (),
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (1, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}


@pytest.mark.parametrize(("place", "path"), PATHS.items())
def test_paths_are_those_that_the_logs_of_certificates_have(place, path):
    at, count = place
    assert [one.hex() for one in audit_path(LEAVES[:count], at)] == list(path)


@pytest.mark.parametrize("count", range(1, 9))
def test_every_leaf_is_proved_by_its_path_and_by_no_other(count):
    leaves = LEAVES[:count]
    for at, leaf in enumerate(leaves):
        path = audit_path(leaves, at)
        assert root_by(leaf, at, count, path) == root(leaves)
        assert root_by(hashlib.sha256(leaf).digest(), at, count, path) != root(leaves)
        assert root_by(leaf, at, count, [*path, leaf]) is None
        if path:
            assert root_by(leaf, at, count, path[:-1]) is None
            assert root_by(leaf, at, count, [path[0][::-1], *path[1:]]) != root(leaves)
        for other in range(count):
            if other != at:
                assert root_by(leaf, other, count, path) != root(leaves)


@pytest.mark.parametrize("at", [-1, 3])
def test_a_place_that_is_not_there_proves_nothing(at):
    assert root_by(LEAVES[0], at, 3, LEAVES[1:3]) is None
