"""What the audit promises of each invariant."""


def test_a_healthy_shop_violates_nothing(scene):
    assert scene.violated() == {}
