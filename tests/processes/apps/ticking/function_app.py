"""An app with one timer that writes down when it ran, and in which process."""

import os
import time
from pathlib import Path

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route("health/ready", methods=["GET"])
async def ready(req: func.HttpRequest) -> func.HttpResponse:
    """Ready at once."""
    return func.HttpResponse('{"status":"ok"}', mimetype="application/json")


@app.timer_trigger(arg_name="timer", schedule="* * * * * *")
async def tick(timer: func.TimerRequest) -> None:
    """Every second."""
    line = f"{round(time.time())} {os.getpid()}\n"
    with (Path(os.environ["HPH_LOCAL_DIR"]) / "ticks").open("a") as ticks:
        ticks.write(line)
