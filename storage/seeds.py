"""What a fresh database needs before anybody can use it: the questionnaire of content/forms, published once, and the
answers about the rules of content/faq."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from storage import faq_files, faq_seed, forms
from storage.faq_library import Answers
from storage.faq_semantic import Second

NEEDS = "needs"


class BadForm(Exception):
    """The workbook cannot be published; the message has one line per problem."""


def publish_workbook(conn: Connection, data: bytes, name: str, at: datetime) -> str:
    """The workbook is published; its version. A version that exists already is left as it is. Raises BadForm."""
    # half a second and 40 MB that a start on a database with its form published does not need
    from storage.workbooks import check_workbook

    report = check_workbook(data)
    if report.xml is None or report.problems:
        raise BadForm("\n".join(problem.told() for problem in report.problems))
    if report.version not in forms.versions(conn, name):
        forms.publish(conn, name, report.version, report.title, data, report.xml, at)
    return report.version


def needs_form(conn: Connection, content: Path, at: datetime) -> str:
    """The newest published version of the needs questionnaire; the one in content/ if none is published yet.

    Raises BadForm.
    """
    published = forms.versions(conn, NEEDS)
    if published:
        return published[-1]
    try:
        return publish_workbook(conn, (content / "forms" / "needs.xlsx").read_bytes(), NEEDS, at)
    except BadForm as error:
        raise BadForm(f"content/forms/needs.xlsx cannot be published:\n{error}") from error


def answers(
    conn: Connection,
    content: Path,
    at: datetime,
    keep: Path | None = None,
    semantic: Path | None = None,
    apart: bool = False,
) -> Answers:
    """The topics of content/faq are in the rows, unless edited there; who answers from them. `keep`, `apart` and the
    folder `semantic` of a sentence encoder as in Answers. Raises ContentError."""
    faq_seed.seed(conn, content / "faq", at)
    second = Second(semantic) if semantic is not None else None
    return Answers(*faq_files.beside(content / "faq"), keep, second, apart)
