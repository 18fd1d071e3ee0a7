"""Every issue in content/newsletter reads without a fault, and lacks nothing but the signatures."""

from pathlib import Path

import pytest

from conversations.news.checks import problems
from conversations.news.views import Issue
from storage.content import content_folder
from storage.news.files import read_news, write_news
from storage.news.incoming import with_items

FILES = sorted((content_folder() / "newsletter").glob("*.md"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_issue_of_the_content_could_be_signed_and_sent(file: Path) -> None:
    found = read_news(file.read_text("utf-8"))
    assert found.faults == ()
    assert found.number == file.stem, "a file has the name of its issue"
    issue, _ = with_items(Issue("x", found.number, found.kind, found.title, "draft", 1), found.items)
    day = max(item.as_of for item in found.items if item.as_of is not None)
    told = {(one.severity, one.phrase.key) for one in problems(issue, day, "approval")}
    assert told <= {("error", "newscheck.unsigned")}
    assert read_news(write_news(issue)).items == found.items
    assert any(item.normative for item in found.items)


def test_there_is_at_least_one_issue() -> None:
    assert FILES
