"""content/feeds.toml as it is, and what is said of a mistake in it."""

from urllib.parse import urlsplit

import pytest

from storage.content import ContentError, content_folder
from storage.news.feed_list import FILE, read_feeds

GOOD = '[[feed]]\nname = "a"\ntitle = "A"\nurl = "https://a.example/rss"\ntopic = "leave"\n'


def test_every_feed_of_the_content_is_asked_over_https_and_its_host_is_allowed() -> None:
    found = read_feeds((content_folder() / FILE).read_text("utf-8"))
    assert len(found.feeds) >= 10
    for feed in found.feeds:
        assert feed.url.startswith("https://")
        assert urlsplit(feed.url).hostname in found.hosts


def test_the_keywords_of_the_content_let_our_subjects_through_and_no_appointments() -> None:
    found = {feed.name: feed for feed in read_feeds((content_folder() / FILE).read_text("utf-8")).feeds}
    assert found["gazzetta-generale"].wants("Legge 104: nuove norme sui congedi per chi assiste un familiare")
    assert not found["gazzetta-generale"].wants("Nomina di un commissario straordinario per il porto di Bari")
    assert found["inps-circolari"].wants("Indennità di maternità per le lavoratrici autonome")
    assert not found["inps-circolari"].wants("Pensionati delle gestioni private: cedolino di dicembre")
    assert found["secondo-welfare"].wants("Qualunque cosa")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[feed", "content/feeds.toml"),
        (GOOD.replace('"a"', '"A b"'), "small letters"),
        (GOOD.replace("https://a.example/rss", "a.example"), "feed a: its url"),
        (GOOD.replace('"leave"', '"sport"'), "feed a: its topic"),
        (GOOD.replace('"A"', f'"{"A" * 41}"'), "feed a: its title"),
        (GOOD + 'etag = "x"\n', "feed a: there is no field etag"),
        (GOOD + GOOD, "two feeds named a"),
    ],
)
def test_a_mistake_in_the_list_is_named(text: str, told: str) -> None:
    with pytest.raises(ContentError, match=told):
        read_feeds(text)
