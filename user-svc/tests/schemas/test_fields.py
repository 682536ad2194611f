"""The fields of accounts."""

from typing import Any

import pytest
from marshmallow import ValidationError

from chassis.web.fields import Flag
from user_svc.schemas.fields import Email, Password, phones, roles


@pytest.mark.parametrize(
    ("field", "value", "loaded"),
    [
        (Email(), " Asha.Rao+shop@SHOP.example ", "Asha.Rao+shop@shop.example"),
        (Password(), "  two spaces  ", "  two spaces  "),
        (Password(), "cafe\u0301", "cafe\u0301"),
        (Password(8), "x" * 8, "x" * 8),
        (Password(8), "x" * 128, "x" * 128),
        (Flag(), False, False),
        (roles(), "staff", "staff"),
        (phones(), "+919876543210", "+919876543210"),
        (phones(), None, None),
    ],
)
def test_a_valid_value_is_loaded(field: Any, value: Any, loaded: Any) -> None:
    assert field.deserialize(value) == loaded


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Email(), "nobody"),
        (Email(), "a@b"),
        (Email(), f"a@{'shop.' * 50}example"),
        (Password(), ""),
        (Password(8), "x" * 7),
        (Password(8), "x" * 129),
        (Password(), "a line\nmore"),
        (Password(), "delete\x7f"),
        (Flag(), "true"),
        (Flag(), 1),
        (roles(), "root"),
        (phones(), "919876543210"),
        (phones(), "+0123456789"),
        (phones(), "+123456"),
        (phones(), "+1234567890123456"),
    ],
)
def test_an_invalid_value_is_refused(field: Any, value: Any) -> None:
    with pytest.raises(ValidationError):
        field.deserialize(value)


def test_a_password_is_never_part_of_a_response() -> None:
    assert Password().load_only
