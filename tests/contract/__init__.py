import pytest

# What it asserts is told as test modules tell it.
pytest.register_assert_rewrite("tests.contract.doors")
