"""A bare FastAPI hello-world under the same web server: what every figure is a multiple of."""

import sys

import uvicorn
from fastapi import FastAPI

from local.serve import server_options

app = FastAPI()


@app.get("/hello")
async def hello() -> dict[str, str]:
    """Say hello."""
    return {"status": "ok"}


if __name__ == "__main__":
    uvicorn.Server(server_options(app, int(sys.argv[1]))).run()
