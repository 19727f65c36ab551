"""HTTP alone, for a pool of processes behind a proxy; WebSockets stay with `studio.asgi`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings.base")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
