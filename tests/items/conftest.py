"""What tests of the floor that writes items share: tables on every engine."""

from tests.dynamodb.conftest import cities

__all__ = ["cities"]  # a fixture
