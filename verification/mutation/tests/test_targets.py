"""The mutated modules are those that money and stock depend on."""

from pathlib import Path

from verification.mutation import targets

RULES = Path("src/payment_svc/managers/refund_rules.py")


def test_the_modules_of_money_and_stock_are_mutated():
    found = {
        f"{target.package}/{path}"
        for target in targets.TARGETS
        for path in target.modules()
    }

    assert {
        f"payment-svc/{RULES}",
        "payment-svc/src/payment_svc/steps/account_checks/shop.py",
        "payment-svc/src/payment_svc/razorpay/entities.py",
        "payment-svc/src/payment_svc/razorpay_service.py",
        "order-svc/src/order_svc/managers/saga.py",
        "chassis/src/chassis/state_machine/machine.py",
        "product-svc/src/product_svc/managers/stock.py",
        "user-svc/src/user_svc/managers/sessions.py",
        "chassis/src/chassis/web/idempotency.py",
        "chassis/src/chassis/messaging/inbox.py",
        "chassis/src/chassis/messaging/outbox.py",
        "chassis/src/chassis/leases.py",
    } <= found


def test_every_pattern_finds_a_module():
    for target in targets.TARGETS:
        for pattern in target.patterns:
            alone = targets.Target(target.package, (pattern,))

            assert alone.modules()


def test_a_part_of_the_path_chooses_packages_and_modules():
    (package,) = targets.chosen(("product-svc",))
    ((target, paths),) = targets.chosen(("managers/refund_rules", "nothing"))[:1]

    assert package[0].package == "product-svc"
    assert (target.package, paths) == ("payment-svc", [RULES])
    assert len(targets.chosen(())) == len(targets.TARGETS)


def test_the_tests_of_a_package_exist():
    for target in targets.TARGETS:
        for path in target.tests:
            assert (targets.ROOT / target.package / path).exists()
