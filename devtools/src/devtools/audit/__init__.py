"""`make audit`: what must be true of the shop, checked from outside it."""

from devtools.audit.invariants import INVARIANTS, Invariant, Verdict, check, judge

__all__ = ["INVARIANTS", "Invariant", "Verdict", "check", "judge"]
