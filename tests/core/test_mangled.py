import pytest
from hypothesis import given

from tables.core.mangled import MANGLINGS, looks_mangled, mangling_of
from tests.core.strategies import NUMBERS, TEXT

MANGLED = [
    ({"S": "true"}, "TRUE", "truth"),
    ({"S": "False"}, "FALSE", "truth"),
    ({"S": "01000"}, "1000", "zeros"),
    ({"S": "000"}, "0", "zeros"),
    ({"S": "1.10"}, "1.1", "respelled"),
    ({"S": "2E4"}, "20000", "respelled"),
    ({"S": "2E4"}, "2.00E+04", "respelled"),
    ({"S": "+49"}, "49", "respelled"),
    ({"N": "1.5"}, "1,5", "respelled"),
    ({"N": "12345678901234567890"}, "12345678901234500000", "rounded"),
    ({"N": "12345678901234567890"}, "12345678901234600000", "rounded"),
    ({"S": "4111111111111111"}, "4111111111111110", "rounded"),
    ({"S": "4111111111111111"}, "4.11111E+15", "shortened"),
    ({"N": "1234567890123456"}, "1.23457E+15", "shortened"),
    ({"N": "123456789012"}, "1.23E+11", "shortened"),
    ({"N": "123456789012"}, "1,23E+11", "shortened"),
    ({"S": "2024-03-01"}, "3/1/2024", "date"),
    ({"S": "2024-03-01"}, "01.03.2024", "date"),
    ({"S": "2024-03-01"}, "01/03/24", "date"),
    ({"S": "2024-03-01"}, "1-Mar-24", "date"),
    ({"S": "2024-03-01T10:00:00Z"}, "01/03/2024 10:00", "date"),
    ({"S": "2024-03-01T22:00:00Z"}, "3/1/2024 10:00 PM", "date"),
    ({"S": "2024-03-01T10:00:00Z"}, "2024-03-01", "date"),
    ({"S": "03/01/2024"}, "01/03/2024", "date"),
    ({"S": "MARCH1"}, "1-Mar", "date"),
    ({"S": "SEPT2"}, "2-Sep", "date"),
    ({"S": "DEC10"}, "10. Dez", "date"),
    ({"S": "1-2"}, "2-Jan", "date"),
    ({"S": "1-2"}, "01.Feb", "date"),
    ({"S": "3/4"}, "2026-03-04", "date"),
    ({"S": "Łódź"}, "?ód?", "characters"),
    ({"S": "x" * 40_000}, "x" * 32_767, "cut"),
]


@pytest.mark.parametrize(("stored", "cell", "code"), MANGLED)
def test_what_a_spreadsheet_made_of_a_value_is_called_by_name(stored, cell, code):
    assert mangling_of(cell, stored).code == code


def test_each_mangling_is_tried_here():
    assert {code for _, _, code in MANGLED} == {mangling.code for mangling in MANGLINGS}


@pytest.mark.parametrize(
    ("stored", "cell"),
    [
        ({"S": "true"}, "false"),
        ({"S": "true"}, ""),
        ({"S": "01000"}, "01001"),
        ({"S": "01000"}, "2000"),
        ({"N": "12345678901234567890"}, "12345678901234567891"),
        ({"N": "100"}, "200"),
        ({"N": "3.4"}, "4.3"),
        ({"N": "1234567890123456"}, "1.24E+15"),
        ({"S": "1-2"}, "2-1"),
        ({"S": "2024-03-01"}, "2023-03-01"),
        ({"S": "2024-03-01"}, "2024-01-03"),
        ({"S": "2024-03-01"}, "02.03.2024"),
        ({"S": "2024-03-01T10:00:00Z"}, "2024-03-01T11:00:00Z"),
        ({"S": "new"}, "sent"),
        ({"S": "what"}, "what?"),
        ({"S": "Łódź"}, "?odz"),
        ({"S": "aye"}, "?ye"),
        ({"S": "99-99-9999"}, "99/99/9999"),
        ({"BOOL": True}, "TRUE"),
        ({"L": []}, "[]"),
    ],
)
def test_what_a_person_changed_is_nobodys_mistake(stored, cell):
    assert mangling_of(cell, stored) is None


@given(TEXT, TEXT)
def test_any_two_texts_can_be_compared(stored, cell):
    found = mangling_of(cell, {"S": stored})
    assert found is None or found in MANGLINGS


@given(NUMBERS)
def test_a_number_as_it_stands_is_not_mangled(number):
    assert mangling_of(number, {"N": number}) is None


@pytest.mark.parametrize("cell", ["1.23457E+15", "1,2E+20", "4E+11"])
def test_a_long_number_that_was_shortened_shows_without_anything_beside_it(cell):
    assert looks_mangled(cell)


@pytest.mark.parametrize("cell", ["12", "2E4", "E+5", "1.5", ""])
def test_other_texts_do_not_look_shortened(cell):
    assert not looks_mangled(cell)
