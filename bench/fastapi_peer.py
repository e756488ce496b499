"""The peer on FastAPI with aiobotocore: an item and a list as JSON. No sign-in, rights or limits.

It runs in an environment of its own: nothing here is the app's.
"""

import os
from contextlib import asynccontextmanager

from aiobotocore.session import get_session
from boto3.dynamodb.types import TypeDeserializer
from fastapi import FastAPI, Request

TABLE = os.environ["BENCH_TABLE"]
read = TypeDeserializer().deserialize


@asynccontextmanager
async def lifespan(app):
    endpoint = os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    made = get_session().create_client("dynamodb", region_name="us-east-1", endpoint_url=endpoint)
    async with made as app.state.dynamodb:
        yield


app = FastAPI(lifespan=lifespan)


def plain(item):
    return {name: read(value) for name, value in item.items()}


@app.get("/items/{name}")
async def item(name: str, request: Request):
    dynamodb = request.app.state.dynamodb
    found = await dynamodb.get_item(TableName=TABLE, Key={"id": {"S": name}})
    return plain(found["Item"])


@app.get("/items")
async def items(limit: int, request: Request):
    page = await request.app.state.dynamodb.scan(TableName=TABLE, Limit=limit)
    return {"items": [plain(each) for each in page["Items"]], "next": page["LastEvaluatedKey"]}
