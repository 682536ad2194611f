"""Mails: their texts (`templates`) and how they are sent (`delivery`, `smtp`)."""
