"""The floor of W2: a FastAPI route that reads JSON and answers, and does nothing else."""

from __future__ import annotations

import orjson
from fastapi import FastAPI, Request, Response

app = FastAPI(openapi_url=None)


@app.get("/live")
async def live() -> Response:
    return Response(b"{}", media_type="application/json")


@app.post("/run")
async def run(request: Request) -> Response:
    asked = orjson.loads(await request.body())
    return Response(
        orjson.dumps({"status": "completed", "outputs": asked["inputs"]}), media_type="application/json"
    )
