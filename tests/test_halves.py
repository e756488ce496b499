"""`make test` leaves no test out, and fails if either half does."""

import pytest

from tests import halves

PASSES = "def test_it():\n    pass\n"
FAILS = "def test_it():\n    assert 1 == 2\n"


@pytest.fixture
def run_two(tmp_path, monkeypatch):
    monkeypatch.setattr(halves, "PROJECT", tmp_path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # these two need no site

    def run_two(*options, **files):
        for name, text in files.items():
            (tmp_path / f"test_{name}.py").write_text(text)
        monkeypatch.setattr(halves, "HALVES", {name: [f"test_{name}.py"] for name in files})
        return halves.main([*options])

    return run_two


def test_what_one_half_is_given_the_other_leaves_out_and_nothing_else():
    served, called = halves.HALVES.values()

    assert called == ["tests", *(f"--ignore={path}" for path in served)]
    assert [path for path in served if not (halves.PROJECT / path).exists()] == []


@pytest.mark.parametrize("options", [(), ("-p", "pytest_cov", "--cov", "--cov-report=")])
def test_both_halves_are_told_and_added_up_and_their_closing_lines_stand_last(
    run_two, capfd, tmp_path, options
):
    assert run_two(*options, one=PASSES, other=PASSES) == 0

    *told, first, second = capfd.readouterr().out.splitlines()
    assert "one | test_one.py ." in "\n".join(told)
    assert "other | test_other.py ." in "\n".join(told)
    assert any(line.startswith("TOTAL") for line in told) == ("--cov" in options)
    assert first.startswith("one | ")
    assert "1 passed" in first
    assert second.startswith("other | ")
    assert "1 passed" in second
    noted = [path.name for path in tmp_path.glob(".coverage*")]
    assert noted == [".coverage"] * ("--cov" in options)


def test_one_half_that_fails_fails_the_whole(run_two, capfd):
    assert run_two(one=FAILS, other=PASSES) == 1

    assert "one | E       assert 1 == 2" in capfd.readouterr().out
