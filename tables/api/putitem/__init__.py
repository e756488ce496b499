"""The door for clients of DynamoDB's API version 2011-12-05."""
