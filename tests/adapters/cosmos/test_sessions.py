from adapters.cosmos.sessions import Sessions


def told(token: str) -> dict[str, str]:
    return {"x-ms-session-token": token}


def test_nothing_was_seen_of_a_new_container() -> None:
    sessions = Sessions()
    sessions.note("Orders", {})

    assert sessions.of("Orders") == sessions.of("Cart") == {}


def test_the_newest_token_of_each_partition_is_kept() -> None:
    sessions = Sessions()
    for token in ("0:-1#5", "1:-1#2,0:-1#7", "0:-1#6", "1:1#1#3=9"):
        sessions.note("Orders", told(token))
    sessions.note("Cart", told("0:4"))

    assert sessions.of("Orders") == {"session_token": "0:-1#7,1:1#1#3=9"}
    assert sessions.of("Cart") == {"session_token": "0:4"}


def test_what_no_replica_can_follow_is_forgotten() -> None:
    sessions = Sessions()
    sessions.note("Orders", told("0:-1#5"))

    sessions.forget("Orders")
    sessions.forget("Orders")

    assert sessions.of("Orders") == {}
