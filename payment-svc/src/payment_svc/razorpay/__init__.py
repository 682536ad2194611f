"""Razorpay's API: answers, entities, outcomes, signatures and types."""
