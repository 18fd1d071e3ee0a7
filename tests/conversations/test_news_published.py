"""Who opened an issue is told where there are five or more of them, on all channels together."""

from conversations.news.published import published, tells_readers
from conversations.news.views import Progress


def test_four_readers_are_told_as_people_it_was_delivered_to() -> None:
    few = Progress({"telegram": {"read": 3, "sent": 9}, "whatsapp": {"read": 1, "delivered": 2}, "x": {"failed": 1}})
    assert not tells_readers(few)
    assert published(few).counts == {
        "telegram": {"delivered": 3, "sent": 9},
        "whatsapp": {"delivered": 3},
        "x": {"failed": 1},
    }
    assert published(few).total == few.total


def test_five_readers_are_told() -> None:
    enough = Progress({"telegram": {"read": 4}, "whatsapp": {"read": 1}}, True, 2.0)
    assert tells_readers(enough) and published(enough) == enough
