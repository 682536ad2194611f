"""`make audit`: checks the invariants of the shop from outside."""

from devtools.audit.invariants import INVARIANTS, Invariant, Verdict, check, judge

__all__ = ["INVARIANTS", "Invariant", "Verdict", "check", "judge"]
