"""The proof holds, and says so in its last line."""

import pytest

from tools.proof_access import main


def test_nobody_gets_in_where_they_do_not_belong(capsys: pytest.CaptureFixture[str]) -> None:
    status = main()

    said = capsys.readouterr().out.splitlines()
    assert (status, said[-1][:11]) == (0, "access: ok,"), said[-1]
