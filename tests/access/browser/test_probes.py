"""Probes: one thread asks, nobody waits for long, and an answer is believed for a while."""

import threading

import pytest

from tables.access.browser.probes import Probe


@pytest.fixture
def service():
    """A service that says nothing until it is told to, and how often it was asked."""

    class Service:
        asked = 0
        speaks = threading.Event()

        def ask(self):
            self.asked += 1
            return self.speaks.wait()

    silent = Service()
    yield silent
    silent.speaks.set()


@pytest.mark.parametrize("told", [True, False])
def test_what_was_said_last_is_the_answer_for_a_while(told):
    asked = []
    probe = Probe(lambda: bool(asked.append(1)) or told, kept=3600, patience=60)
    assert [probe.answer() for _ in range(3)] == [told] * 3
    assert asked == [1]


def test_an_old_answer_is_asked_for_anew():
    answers = iter([True, False])
    probe = Probe(lambda: next(answers), kept=0, patience=60)
    assert [probe.answer(), probe.answer()] == [True, False]


def test_a_silent_service_is_asked_once_and_waited_for_once(service):
    probe = Probe(service.ask, kept=0, patience=0.01)
    assert [probe.answer() for _ in range(3)] == [None] * 3
    assert service.asked == 1


def test_many_who_ask_at_once_wait_for_one_answer(service):
    probe = Probe(service.ask, kept=3600, patience=60)
    answers = []
    askers = [threading.Thread(target=lambda: answers.append(probe.answer())) for _ in range(8)]
    for asker in askers:
        asker.start()
    service.speaks.set()
    for asker in askers:
        asker.join()
    assert answers == [True] * 8
    assert service.asked == 1


def test_a_thread_that_waits_for_a_silent_service_lets_the_process_end(service):
    Probe(service.ask, kept=0, patience=0.01).answer()
    waiting = [t for t in threading.enumerate() if type(t).__name__ == "_Question"]
    assert waiting
    assert all(thread.daemon for thread in waiting)
