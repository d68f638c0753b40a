"""The door: the Functions app, made of one blueprint for each API area, the saga and the timers."""

import azure.functions as func

from adapters.opening import Opening
from blueprints import AREAS

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

open_shop = Opening()
for area in AREAS:
    app.register_functions(area.behind(open_shop))
