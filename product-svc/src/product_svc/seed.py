"""`flask seed`: a catalogue worth looking at, put there by the managers."""

from flask import Flask


def init_app(app: Flask) -> None: ...
