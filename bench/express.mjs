// The peer on Express 5 with the AWS SDK v3: an item and a list as JSON. No sign-in, rights or limits.
// It says what we say: every digit of a number, and a set as an array.
import express from "express";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";

const table = process.env.BENCH_TABLE;
const exact = (text) => (String(Number(text)) === text ? Number(text) : text);
const client = DynamoDBDocumentClient.from(
  new DynamoDBClient({ endpoint: process.env.AWS_ENDPOINT_URL_DYNAMODB, region: "us-east-1" }),
  { unmarshallOptions: { wrapNumbers: exact } },
);
const app = express();
app.set("json replacer", (_name, value) => (value instanceof Set ? [...value] : value));

app.get("/items/:id", async (request, response) => {
  const found = await client.send(new GetCommand({ TableName: table, Key: { id: request.params.id } }));
  response.json(found.Item);
});

app.get("/items", async (request, response) => {
  const page = await client.send(new ScanCommand({ TableName: table, Limit: Number(request.query.limit) }));
  response.json({ items: page.Items, next: page.LastEvaluatedKey });
});

app.listen(Number(process.env.PORT), "127.0.0.1");
