"""The parts of a category that clients may set."""

import pytest
from marshmallow import ValidationError

from product_svc.schemas import CategoryPatchSchema, CategorySchema


def test_a_new_category_has_no_description_and_no_parent_by_default() -> None:
    expected = {"name": "Tea", "description": None, "parent_id": None}

    assert CategorySchema().load({"name": "Tea"}) == expected


def test_a_patch_changes_only_what_it_names() -> None:
    patch = CategoryPatchSchema(partial=True)

    assert patch.load({"parent_id": None}) == {"parent_id": None}


@pytest.mark.parametrize("field", ["id", "created_at", "updated_at"])
def test_ids_and_times_are_read_only(field: str) -> None:
    with pytest.raises(ValidationError) as error:
        CategorySchema().load({"name": "Tea", field: 1})

    assert list(error.value.normalized_messages()) == [field]
