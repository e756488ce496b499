"""Run gunicorn so that it ends with the demo that started it."""

from gunicorn.app.wsgiapp import run

from demo.processes import end_with_parent

if __name__ == "__main__":
    end_with_parent()
    run()
