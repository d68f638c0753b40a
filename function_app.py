"""The door: the Functions app, every function of it registered, and each answered by its area."""

import azure.functions as func

from adapters.opening import Opening
from blueprints._functions import Functions

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

open_shop = Opening()
functions = Functions(open_shop)
functions.register(app)
