from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tables.core.mangled import MANGLINGS, looks_mangled, mangling_of, read_as_utf_8
from tests.core.strategies import NUMBERS, TEXT

MANGLED = [
    ({"S": "true"}, "TRUE", "truth"),
    ({"S": "False"}, "FALSE", "truth"),
    ({"S": "true"}, "WAHR", "truth"),
    ({"S": "true"}, "VRAI", "truth"),
    ({"S": "true"}, "VERO", "truth"),
    ({"S": "true"}, "VERDADERO", "truth"),
    ({"S": "true"}, "WAAR", "truth"),
    ({"S": "true"}, "PRAWDA", "truth"),
    ({"S": "false"}, "FALSCH", "truth"),
    ({"S": "false"}, "FAUX", "truth"),
    ({"S": "false"}, "ONWAAR", "truth"),
    ({"S": "TRUE"}, "WAHR", "truth"),
    ({"S": "true"}, "FALSCH", "truth"),
    ({"S": "true"}, "FALSE", "truth"),
    ({"BOOL": True}, "WAHR", "truth"),
    ({"BOOL": False}, "FALSO", "truth"),
    ({"S": "Andò-la-Vyèy"}, "AndÃ²-la-VyÃ¨y", "encoding"),
    ({"S": "Łódź"}, "Å\x81Ã³dÅº", "encoding"),
    ({"S": "Łódź"}, "Ĺ\x81ĂłdĹş", "encoding"),
    ({"S": "“Àx”"}, "â€œÃ\x80xâ€\x9d", "encoding"),
    ({"S": "2026-03-01"}, "46082", "day"),
    ({"S": "2026-03-01"}, "44620", "day"),
    ({"S": "2026-03-01T12:00:00Z"}, "46082.5", "day"),
    ({"S": "2026-03-01T12:00:00Z"}, "46082,5", "day"),
    ({"S": "2026-03-01T12:00:00Z"}, "46082", "day"),
    ({"S": "01.03.2026"}, "46082", "day"),
    ({"S": "2026-03-01"}, "46086", "day"),
    ({"S": "1/2"}, "46024", "day"),
    ({"S": "1900-03-01"}, "61", "day"),
    ({"S": "50%"}, "0.5", "undecorated"),
    ({"N": "0.5"}, "50%", "undecorated"),
    ({"S": "12,5 %"}, "0,125", "undecorated"),
    ({"S": "€1,234.50"}, "1234.5", "undecorated"),
    ({"S": "1.234,50 €"}, "1234,5", "undecorated"),
    ({"S": "$5.00"}, "5", "undecorated"),
    ({"N": "1234567"}, "1,234,567", "undecorated"),
    ({"S": "1/2"}, "02. Jan", "date"),
    ({"S": "2026-03-01T10:00:00Z"}, "2026-03-01", "date"),
    ({"S": "1/5"}, "1-mag", "date"),
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
    ({"S": "Łódź 😀"}, "?ód? ??", "characters"),
    ({"S": "Łódź 😀"}, "?ód? ?", "characters"),
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
        ({"S": "true"}, "False"),
        ({"S": "TRUE"}, "FALSE"),
        ({"S": "true"}, "yes"),
        ({"S": "vero"}, "VERO"),
        ({"BOOL": True}, "FALSCH"),
        ({"S": "Andò"}, "Ando"),
        ({"S": "Andò"}, "AndÃ©"),
        ({"S": "Ã²"}, "ò"),
        ({"S": "2026-03-01"}, "5"),
        ({"S": "2026-03-01"}, "2026"),
        ({"S": "2026-03-01"}, "2026-03-01T10:00:00Z"),
        ({"S": "1/2"}, "46025"),
        ({"S": "1/2"}, "1/3"),
        ({"S": "A 12"}, "46082"),
        ({"S": "50%"}, "60%"),
        ({"S": "50%"}, "50"),
        ({"S": "$5.00"}, "6"),
        ({"N": "1234567"}, "1,234,568"),
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


@given(TEXT)
def test_utf_8_that_was_read_as_another_encoding_is_read_back(text):
    for encoding in ("cp1252", "cp1250", "latin-1"):
        with suppress(UnicodeDecodeError):
            cell = text.encode().decode(encoding)
            assert cell == text or text in read_as_utf_8(cell)


@given(st.dates(), st.dates())
def test_a_date_over_a_date_is_an_edit(stored, cell):
    found = mangling_of(cell.isoformat(), {"S": stored.isoformat()})
    assert found is None or stored == cell


@given(st.dates(date(1927, 6, 1), date(2118, 1, 1)), st.sampled_from(["1899-12-30", "1904-01-01"]))
def test_the_number_of_a_day_is_found_in_both_ways_of_counting(day, epoch):
    number = (day - date.fromisoformat(epoch)).days
    assert mangling_of(str(number), {"S": day.isoformat()}).code == "day"


@given(st.sampled_from(["true", "false"]), st.sampled_from(["true", "false", "yes", "no", "1", ""]))
def test_a_truth_in_small_letters_is_an_edit(stored, cell):
    assert mangling_of(cell, {"S": stored}) is None


@given(NUMBERS, NUMBERS)
def test_another_number_of_few_digits_is_an_edit(stored, cell):
    few = len(Decimal(stored).as_tuple().digits) <= 15
    if few and Decimal(stored) != Decimal(cell):
        assert mangling_of(cell, {"N": stored}) is None


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
