"""What holds for all tests: Ctrl-C works, wherever they were started from."""

import signal


def pytest_configure() -> None:
    """Take Ctrl-C back: whoever runs the tests in the background has it ignored, and all processes inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
