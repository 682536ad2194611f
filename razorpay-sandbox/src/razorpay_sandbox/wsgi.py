"""What gunicorn serves: `gunicorn --workers 1 --threads 8 razorpay_sandbox.wsgi:app`.

One worker only: the webhook courier and the expiry sweeper live inside it.
"""

import atexit

from razorpay_sandbox import create_app, logs, sandbox_of

logs.configure()
app = create_app()
sandbox_of(app).start()
atexit.register(sandbox_of(app).close)
