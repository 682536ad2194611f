"""The secrets derived from SIGNING_KEY_SECRET."""

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from user_svc.keyring import Keyring, hash_token, new_token

RING, OTHER = Keyring("a" * 40), Keyring("b" * 40)


def test_only_the_same_secret_decrypts_a_key(
    private_key: RSAPrivateKey,
) -> None:
    encrypted = RING.encrypt(private_key)

    assert "PRIVATE" not in encrypted
    assert RING.encrypt(private_key) != encrypted
    opened = Keyring("a" * 40).decrypt(encrypted)
    assert opened is not None
    assert opened.private_numbers() == private_key.private_numbers()
    assert OTHER.decrypt(encrypted) is None
    assert Keyring("b" * 40, "a" * 40).decrypt(encrypted) is not None


def test_a_successor_is_the_same_in_every_replica_and_nowhere_else() -> None:
    token = new_token()

    assert RING.next_refresh_token(token) == Keyring("a" * 40).next_refresh_token(token)
    assert RING.next_refresh_token(token) != OTHER.next_refresh_token(token)
    assert len({token, hash_token(token), RING.next_refresh_token(token)}) == 3


def test_a_successor_under_the_previous_secret_is_known() -> None:
    token, both = new_token(), Keyring("b" * 40, "a" * 40)

    assert both.next_refresh_token(token) == OTHER.next_refresh_token(token)
    assert RING.next_refresh_token(token) in both.next_refresh_tokens(token)


def test_tokens_have_256_bits() -> None:
    assert len(new_token()) == 43
    assert new_token() != new_token()


def test_the_same_secret_of_two_clients_has_different_hashes() -> None:
    assert RING.client_hash("a", "secret") != RING.client_hash("b", "secret")
