"""Media types that v1 reads and writes."""

PLAIN = "application/json"
TYPED = "application/vnd.dynamodb+json"
MERGE_PATCH = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
PROBLEM = "application/problem+json"

ITEM_TYPES = (PLAIN, TYPED, FORM, MULTIPART)
PATCH_TYPES = (MERGE_PATCH, PLAIN, JSON_PATCH, TYPED)
# Whatever a file of JSON holds, sent as this it is no order.
JSON_FILE = "application/octet-stream"
# Of the files that can be imported.
FILE_TYPES = (
    "text/csv",
    "text/tab-separated-values",
    "application/jsonl",
    "application/x-ndjson",
    "application/gzip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    JSON_FILE,
)
