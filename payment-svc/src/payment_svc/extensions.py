"""The service's database, bound to the app in `create_app`."""

from chassis.db import database

db = database()
