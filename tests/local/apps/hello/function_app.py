"""The smallest app: what a request costs at least."""

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route("health/live", methods=["GET"])
async def live(req: func.HttpRequest) -> func.HttpResponse:
    """Alive."""
    return func.HttpResponse('{"status":"ok"}', mimetype="application/json")
