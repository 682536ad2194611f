"""The WSGI app: `gunicorn --workers 1 --threads 8 razorpay_sandbox.wsgi:app`.

Use one worker only: the process also sends webhooks and expires links.
"""

import atexit

from razorpay_sandbox import create_app, date, logs, sandbox_of

logs.configure()
app = create_app()
date.use_in_gunicorn(sandbox_of(app).clock)
sandbox_of(app).start()
atexit.register(sandbox_of(app).close)
