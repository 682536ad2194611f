from verification.fuzz import adjusting


def test_a_customer_addresses_the_own_account():
    given = {"user_id": 9, "other": 1}

    adjusting.path(given, 4)
    adjusting.path(None, 4)

    assert given == {"user_id": 4, "other": 1}


def test_a_made_up_cursor_is_left_out_and_an_invalid_one_stays():
    assert adjusting.query({"cursor": "0", "q": "a"}, is_valid=True) == {"q": "a"}
    assert adjusting.query({"cursor": "", "q": "a"}, is_valid=False)["cursor"] == ""
    assert adjusting.query(None, is_valid=True) is None


def test_without_words_nothing_is_sorted_by_relevance():
    assert adjusting.query({"sort": "-relevance"}, is_valid=True) == {}
    for given in ({"sort": "relevance", "q": "a"}, {"sort": "-relevances"}):
        assert adjusting.query(given, is_valid=False) == given


def test_each_request_has_a_key_of_its_own():
    first, second = {"Idempotency-Key": "0"}, {"Idempotency-Key": "0"}

    adjusting.headers(first, is_valid=True)
    adjusting.headers(second, is_valid=False)

    assert first["Idempotency-Key"] != second["Idempotency-Key"]
    assert "0" not in (first["Idempotency-Key"], second["Idempotency-Key"])


def test_an_invalid_key_and_an_invalid_tag_are_sent_as_they_are():
    given = {"Idempotency-Key": "a,b", "If-Match": '"abc'}

    adjusting.headers(given, is_valid=False)

    assert given == {"Idempotency-Key": "a,b", "If-Match": '"abc'}


def test_a_valid_tag_matches_any_version():
    for text in ('"abc"', "0"):
        given = {"If-Match": text}

        adjusting.headers(given, is_valid=True)

        assert given == {"If-Match": "*"}


def test_whole_numbers_are_integers_and_hidden_characters_are_visible():
    given = {"a": [5.0, 5.5, True, None], "b": "x\u200dy\U000e0a55"}

    assert adjusting.plain(given) == {"a": [5, 5.5, True, None], "b": "xxyx"}
    assert isinstance(adjusting.plain(5.0), int)
