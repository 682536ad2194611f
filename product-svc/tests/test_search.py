from product_svc import search


def test_words_are_distinct_and_few() -> None:
    assert search.words("tawa  kadai tawa") == ["tawa", "kadai"]
    assert len(search.words(" ".join(str(n) for n in range(50)))) == search.MOST_WORDS
