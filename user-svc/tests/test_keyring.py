"""What the signing secret protects."""

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from chassis.errors import Unavailable
from user_svc.keyring import Keyring, digest, new_token

RING, OTHER = Keyring("a" * 40), Keyring("b" * 40)


def test_a_sealed_key_opens_under_its_secret_alone(private_key: RSAPrivateKey) -> None:
    sealed = RING.seal(private_key)

    assert "PRIVATE" not in sealed
    assert RING.seal(private_key) != sealed
    opened = Keyring("a" * 40).unseal(sealed)
    assert opened.private_numbers() == private_key.private_numbers()
    with pytest.raises(Unavailable):
        OTHER.unseal(sealed)


def test_a_successor_is_the_same_in_every_replica_and_nowhere_else() -> None:
    token = new_token()

    assert RING.successor(token) == Keyring("a" * 40).successor(token)
    assert RING.successor(token) != OTHER.successor(token)
    assert len({token, digest(token), RING.successor(token)}) == 3


def test_tokens_have_256_bits() -> None:
    assert len(new_token()) == 43
    assert new_token() != new_token()


def test_one_secret_of_two_clients_is_kept_differently() -> None:
    assert RING.client_hash("a", "secret") != RING.client_hash("b", "secret")
