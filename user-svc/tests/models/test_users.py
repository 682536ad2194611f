"""The text of a user that searches compare."""

from user_svc.models import User


def test_searches_compare_the_name_and_the_address_without_case_and_accents():
    user = User(name="José Menon", email="Jose.Menon@Example.com")

    assert user.folded == "jose menon\njose.menon@example.com"


def test_a_changed_name_is_found_by_its_new_spelling():
    user = User(name="Asha", email="asha@example.com")

    user.name = "Ásha Rao"

    assert user.folded == "asha rao\nasha@example.com"
