"""Only one load works on a target, whenever the others come: the lock of one is never removed by another."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from kg.commands.load.workplace import Workplace
from kg.core.errors import StoreError


def workplace(target: Path) -> Workplace:
    return Workplace(target, "key", "", resume=False)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_load_that_begins_while_another_gives_its_lock_back_keeps_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    target = tmp_path / "st"
    first = workplace(target)
    begun: list[Workplace] = []
    unlink = Path.unlink

    def begin() -> None:
        with suppress(StoreError):  # where the lock is not given back yet
            begun.append(workplace(target))

    def removing(path: Path, *, missing_ok: bool = False) -> None:
        monkeypatch.setattr(Path, "unlink", unlink)
        if path.name == ".st.lock" and moment == "before":
            begin()
        unlink(path, missing_ok=missing_ok)
        if path.name == ".st.lock" and moment == "after":
            begin()

    monkeypatch.setattr(Path, "unlink", removing)
    first.release()
    if not begun:
        begin()
    assert len(begun) == 1
    for _ in range(2):
        with pytest.raises(StoreError, match=r"another load into .* is at work"):
            workplace(target)
    begun[0].release()
    workplace(target).release()


def test_a_load_is_refused_while_another_is_at_work(tmp_path: Path) -> None:
    first = workplace(tmp_path / "st")
    with pytest.raises(StoreError, match=r"another load into .* is at work"):
        workplace(tmp_path / "st")
    first.release()
    workplace(tmp_path / "st").release()
